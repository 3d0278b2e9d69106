import { type Charged, untrustedText, usdText } from "@klingkit/core"
import { Schema } from "effect"
import { quotedMoney, type QuotedMoney, quotedMoneyText } from "./quoted-money.ts"

const place = { place: Schema.String }

const storage = {
  CannotOpen: { ...place, detail: Schema.String },
  Locked: place,
  ReadOnly: place,
  DiskFull: place,
  /** Something else lies there, or the file is damaged. */
  Unreadable: { ...place, detail: Schema.String },
  /** A later klingkit has changed its tables. */
  NewerVersion: { ...place, found: Schema.Int, known: Schema.Int },
  StorageFailed: { ...place, detail: Schema.String }
} as const

const rules = {
  IdempotencyMismatch: { handle: Schema.String },
  OverBudget: {
    limit: Schema.Literals(["call", "day"]),
    limitUsd: Schema.Number,
    ...quotedMoney,
    spentTodayUsd: Schema.Number
  },
  /** No such approval, or it is used up, too old, or of another request, price or person. */
  NotApproved: {},
  /** A text that no database can keep and compare: it holds NUL or half a character. */
  Unstorable: { field: Schema.String },
  NotFound: { id: Schema.String },
  BadCursor: {},
  StateConflict: { handle: Schema.String, wanted: Schema.String, found: Schema.String },
  LeaseHeld: { handle: Schema.String },
  LeaseLost: { handle: Schema.String },
  /** The row cannot be read; the others can. */
  Quarantined: { handle: Schema.String, detail: Schema.String }
} as const

const Reason = Schema.TaggedUnion({ ...storage, ...rules })
export type LedgerErrorReason = typeof Reason.Type

/** Every way the ledger can fail or refuse. `reason` says which; the getters say what it means for the caller. */
export class LedgerError extends Schema.TaggedError<LedgerError>()("LedgerError", {
  reason: Reason,
  /** It failed before its request could be sent. */
  beforeSending: Schema.Boolean
}) {
  /** A stable code for programs: `LEDGER_OVER_BUDGET`. */
  get code(): string {
    return `LEDGER_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  get isRetryable(): boolean {
    return this.reason._tag === "Locked" || this.reason._tag === "LeaseHeld"
  }

  get wasCharged(): Charged {
    return this.beforeSending ? "no" : "maybe"
  }

  override get message(): string {
    return describe(this.reason)
  }

  /** What to do next, one sentence. */
  get suggestion(): string {
    const advice = suggest(this.reason)
    return this.beforeSending ? `${advice}; nothing was sent` : advice
  }
}

/** A refusal of the ledger itself, in a place where the request may have been sent; `guard` corrects that where not. */
export const ledgerError = (reason: LedgerErrorReason, beforeSending = false): LedgerError =>
  new LedgerError({ reason, beforeSending })

const quoteWords = (quoted: QuotedMoney): string => {
  const text = quotedMoneyText(quoted)
  return text === undefined ? "a request of unknown price" : `the quote of ${text}`
}

function describe(reason: LedgerErrorReason): string {
  switch (reason._tag) {
    case "CannotOpen":
      return `the ledger ${untrustedText(reason.place)} cannot be opened: ${untrustedText(reason.detail)}`
    case "Locked":
      return `the ledger ${untrustedText(reason.place)} is locked by another program`
    case "ReadOnly":
      return `the ledger ${untrustedText(reason.place)} can be read but not written`
    case "DiskFull":
      return `there is too little space left for the ledger ${untrustedText(reason.place)}`
    case "Unreadable":
      return `${untrustedText(reason.place)} is not a ledger, or it is damaged: ${untrustedText(reason.detail)}`
    case "NewerVersion":
      return `the ledger ${untrustedText(reason.place)} has version ${reason.found}; this klingkit knows versions up to ${reason.known}`
    case "StorageFailed":
      return `the ledger ${untrustedText(reason.place)} failed: ${untrustedText(reason.detail)}`
    case "IdempotencyMismatch":
      return `this idempotency key belongs to another request, ${reason.handle}`
    case "OverBudget":
      return reason.limit === "call"
        ? `${quoteWords(reason)} is over the limit of ${usdText(reason.limitUsd)} per call (${usdText(reason.spentTodayUsd)} spent today)`
        : `${usdText(reason.spentTodayUsd)} are spent today; with ${quoteWords(reason)} that is over the limit of ${usdText(reason.limitUsd)} per day (UTC)`
    case "NotApproved":
      return "the approval is unknown, used, too old, or was given for another request or price"
    case "Unstorable":
      return `${reason.field} holds a character that cannot be stored`
    case "NotFound":
      return `no job ${untrustedText(reason.id, 80)} in the ledger`
    case "BadCursor":
      return "the cursor is not one that this list has given"
    case "StateConflict":
      return `job ${reason.handle} is ${reason.found} and cannot become ${reason.wanted}`
    case "LeaseHeld":
      return `another process is at work on job ${reason.handle}`
    case "LeaseLost":
      return `another process has taken over job ${reason.handle}`
    case "Quarantined":
      return `the ledger's row of job ${untrustedText(reason.handle, 80)} cannot be read: ${untrustedText(reason.detail)}`
  }
}

function suggest(reason: LedgerErrorReason): string {
  switch (reason._tag) {
    case "CannotOpen":
      return "check that the place exists and that you may read and write it, or choose another by KLINGKIT_HOME or KLINGKIT_DATABASE_URL"
    case "Locked":
      return "wait for the other program to finish, or end it, and try again"
    case "ReadOnly":
      return "give yourself the right to write there, or choose another place by KLINGKIT_HOME"
    case "DiskFull":
      return "free some space and try again"
    case "Unreadable":
      return "move the file away and keep it, or choose another place by KLINGKIT_HOME"
    case "NewerVersion":
      return "update klingkit; an older one must not touch it"
    case "StorageFailed":
      return "look at the detail, mend it and try again"
    case "IdempotencyMismatch":
      return `look at the earlier request with: task get ${reason.handle}; take a new key for a new request`
    case "OverBudget":
      return `${reason.isAtMost === true ? "give a sound from this machine, or a clip or sound that was made here: their length is known; or " : ""}${
        reason.limit === "call"
          ? "ask for less, or raise KLINGKIT_MAX_USD_PER_CALL"
          : "wait for the next day, ask for less, or raise KLINGKIT_MAX_USD_PER_DAY"
      }`
    case "NotApproved":
      return "ask for the quote again and approve that one"
    case "Unstorable":
      return "remove it"
    case "NotFound":
      return "check the id with: task list"
    case "BadCursor":
      return "list again from the start"
    case "StateConflict":
    case "LeaseHeld":
    case "LeaseLost":
      return `do not send it again; look at it with: task get ${reason.handle}`
    case "Quarantined":
      return `look the task up at Kling: its external id is ${untrustedText(reason.handle, 80)}`
  }
}
