import { type Charged, sanitizeText, usdText } from "@klingkit/core"
import { Schema } from "effect"
import { quotedMoney, type QuotedMoney, quotedMoneyText } from "./quoted-money.ts"

const location = { location: Schema.String }

const storage = {
  CannotOpen: { ...location, detail: Schema.String },
  Locked: location,
  ReadOnly: location,
  DiskFull: location,
  /** The file is something else, or damaged. */
  Unreadable: { ...location, detail: Schema.String },
  /** A later klingkit has migrated its tables. */
  NewerVersion: { ...location, found: Schema.Int, known: Schema.Int },
  StorageFailed: { ...location, detail: Schema.String }
} as const

const rules = {
  IdempotencyMismatch: { handle: Schema.String },
  OverBudget: {
    limit: Schema.Literals(["call", "day"]),
    limitUsd: Schema.Number,
    ...quotedMoney,
    spentTodayUsd: Schema.Number
  },
  /** No such approval, or it is used, expired, or for another request, price or principal. */
  NotApproved: {},
  /** Text that a database cannot store unchanged: it contains NUL or half of a surrogate pair. */
  Unstorable: { field: Schema.String },
  NotFound: { id: Schema.String },
  BadCursor: {},
  StateConflict: { handle: Schema.String, wanted: Schema.String, found: Schema.String },
  LeaseHeld: { handle: Schema.String },
  LeaseLost: { handle: Schema.String },
  /** The row cannot be read; others can. */
  Quarantined: { handle: Schema.String, detail: Schema.String }
} as const

const Reason = Schema.TaggedUnion({ ...storage, ...rules })
export type LedgerErrorReason = typeof Reason.Type

/** Every failure and refusal of the ledger. `reason` says which; the getters say what it means for the caller. */
export class LedgerError extends Schema.TaggedError<LedgerError>()("LedgerError", {
  reason: Reason,
  /** It failed before the request could be sent. */
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

/** An error raised where the request may already have been sent; `guard` sets `beforeSending` where it cannot have been. */
export const ledgerError = (reason: LedgerErrorReason, beforeSending = false): LedgerError =>
  new LedgerError({ reason, beforeSending })

const formatQuote = (quoted: QuotedMoney): string => {
  const text = quotedMoneyText(quoted)
  return text === undefined ? "a request without a known price" : `the quote of ${text}`
}

function describe(reason: LedgerErrorReason): string {
  switch (reason._tag) {
    case "CannotOpen":
      return `the ledger ${sanitizeText(reason.location)} cannot be opened: ${sanitizeText(reason.detail)}`
    case "Locked":
      return `the ledger ${sanitizeText(reason.location)} is locked by another process`
    case "ReadOnly":
      return `the ledger ${sanitizeText(reason.location)} is read-only`
    case "DiskFull":
      return `there is too little disk space for the ledger ${sanitizeText(reason.location)}`
    case "Unreadable":
      return `${sanitizeText(reason.location)} is not a ledger, or it is damaged: ${sanitizeText(reason.detail)}`
    case "NewerVersion":
      return `the ledger ${sanitizeText(reason.location)} has version ${reason.found}; this klingkit supports versions up to ${reason.known}`
    case "StorageFailed":
      return `the ledger ${sanitizeText(reason.location)} failed: ${sanitizeText(reason.detail)}`
    case "IdempotencyMismatch":
      return `this idempotency key belongs to another request, ${reason.handle}`
    case "OverBudget":
      return reason.limit === "call"
        ? `${formatQuote(reason)} exceeds the limit of ${usdText(reason.limitUsd)} per call (${usdText(reason.spentTodayUsd)} spent today)`
        : `${usdText(reason.spentTodayUsd)} spent today; ${formatQuote(reason)} would exceed the limit of ${usdText(reason.limitUsd)} per day (UTC)`
    case "NotApproved":
      return "the approval is unknown, already used, expired, or for another request or price"
    case "Unstorable":
      return `${reason.field} contains a character that cannot be stored`
    case "NotFound":
      return `no job ${sanitizeText(reason.id, 80)} in the ledger`
    case "BadCursor":
      return "the cursor is not valid for this list"
    case "StateConflict":
      return `job ${reason.handle} is ${reason.found} and cannot become ${reason.wanted}`
    case "LeaseHeld":
      return `another process is working on job ${reason.handle}`
    case "LeaseLost":
      return `another process has taken over job ${reason.handle}`
    case "Quarantined":
      return `the ledger's row of job ${sanitizeText(reason.handle, 80)} cannot be read: ${sanitizeText(reason.detail)}`
  }
}

function suggest(reason: LedgerErrorReason): string {
  switch (reason._tag) {
    case "CannotOpen":
      return "check that it exists and that you can read and write it, or set another location with KLINGKIT_HOME or KLINGKIT_DATABASE_URL"
    case "Locked":
      return "wait for the other process to finish, or end it, and try again"
    case "ReadOnly":
      return "make it writable, or set another location with KLINGKIT_HOME"
    case "DiskFull":
      return "free some space and try again"
    case "Unreadable":
      return "move the file away but keep it, or set another location with KLINGKIT_HOME"
    case "NewerVersion":
      return "update klingkit; an older version must not change this ledger"
    case "StorageFailed":
      return "fix the cause named above and try again"
    case "IdempotencyMismatch":
      return `check the earlier request with: task get ${reason.handle}; use a new key for a new request`
    case "OverBudget":
      return `${reason.isUpperBound === true ? "use a local audio file, or a video or audio made with this ledger, so that its length is known; or " : ""}${
        reason.limit === "call"
          ? "make a cheaper request, or raise KLINGKIT_MAX_USD_PER_CALL"
          : "wait until tomorrow (UTC), make a cheaper request, or raise KLINGKIT_MAX_USD_PER_DAY"
      }`
    case "NotApproved":
      return "request a new quote and approve it"
    case "Unstorable":
      return "remove the character"
    case "NotFound":
      return "check the id with: task list"
    case "BadCursor":
      return "list again without a cursor"
    case "StateConflict":
    case "LeaseHeld":
    case "LeaseLost":
      return `do not send it again; check it with: task get ${reason.handle}`
    case "Quarantined":
      return `look the task up at Kling: its external id is ${sanitizeText(reason.handle, 80)}`
  }
}
