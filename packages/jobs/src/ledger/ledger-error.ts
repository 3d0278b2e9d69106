import { type Charged, CheaperSetting, JobMoney, type NextStep } from "@klingkit/core"
import { libraryAdvice, moneyOfUnread, sanitizeText, usdText, withOutcome } from "@klingkit/core/internal"
import { Schema, Struct } from "effect"
import { budgetLeftText, BudgetState, budgetText } from "./budget-state.ts"
import { DaySpend, daySpendText } from "./day-spend.ts"
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
  /** Where the ledger was, there is nothing, an empty file, or another ledger: what it knows of payments is not here. */
  Replaced: { ...location, found: Schema.Literals(["nothing", "an empty file", "another ledger"]) },
  /** A server that does not answer: frozen, cut off, or far too busy. */
  NotResponding: { ...location, seconds: Schema.Number },
  StorageFailed: { ...location, detail: Schema.String }
} as const

const rules = {
  IdempotencyMismatch: { handle: Schema.String },
  /** The same key or request was paid for with another credential, which may or may not be of this account. */
  AccountUnknown: { handle: Schema.String, by: Schema.Literals(["key", "request"]) },
  OverBudget: {
    limit: Schema.Literals(["call", "day"]),
    limitUsd: Schema.Number,
    ...quotedMoney,
    today: DaySpend,
    /** With which settings the same request would be within the limit, where that is known. */
    cheaper: Schema.optionalKey(Schema.Array(CheaperSetting))
  },
  /** A budget of the caller's, or of their project or organization, cannot hold it. Without `quoteUsd` it has no upper bound. */
  BudgetExceeded: {
    budget: BudgetState,
    ...quotedMoney,
    cheaper: Schema.optionalKey(Schema.Array(CheaperSetting))
  },
  /** No such approval, or it is used, expired, or for another request, price or principal. */
  ApprovalInvalid: {},
  /** Text that a database cannot store unchanged: it contains NUL or half of a surrogate pair. */
  Unstorable: { field: Schema.String },
  NotFound: { id: Schema.String },
  BadCursor: {},
  StateConflict: { handle: Schema.String, wanted: Schema.String, found: Schema.String },
  /** The task of Kling belongs to another job. */
  TaskTaken: { taskId: Schema.String },
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
  beforeSending: Schema.Boolean,
  /** The job that could not be read: it was requested before, whatever it costs. */
  job: Schema.optionalKey(JobMoney)
}) {
  /** A stable code for programs: `LEDGER_OVER_BUDGET`. */
  get code(): string {
    // Programs know this code; the tag differs from the one of a price without approval.
    if (this.reason._tag === "ApprovalInvalid") return "LEDGER_NOT_APPROVED"
    return `LEDGER_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  get isRetryable(): boolean {
    const { _tag } = this.reason
    return _tag === "Locked" || _tag === "NotResponding" || _tag === "LeaseHeld"
  }

  get wasCharged(): Charged {
    if (this.job !== undefined) return this.job.charged
    return this.beforeSending || unpaid.has(this.reason._tag) ? "no" : "maybe"
  }

  /** The ledger cannot be read or written now; it has not refused anything. */
  get isAboutStorage(): boolean {
    return Object.hasOwn(storage, this.reason._tag)
  }

  /** The same error, said of a job of this ledger. */
  about(job: JobMoney): LedgerError {
    return new LedgerError({ reason: this.reason, beforeSending: this.beforeSending, job })
  }

  /** The same error, said of a job that could not be read, unless the ledger has none under this id. */
  aboutTask(id: string): LedgerError {
    return unpaid.has(this.reason._tag) ? this : this.about(moneyOfUnread(id))
  }

  /** What happened, in one sentence; it names no settings. */
  describe(): string {
    return describe(this.reason)
  }

  override get message(): string {
    return this.describe()
  }

  get isUnsent(): boolean {
    return this.beforeSending && this.job === undefined
  }

  /** What to do next, as data. */
  get next(): NextStep {
    return nextStep(this.reason)
  }

  /** What to do next, in one sentence for programmers. */
  get suggestion(): string {
    return withOutcome(this, libraryAdvice(this.next))
  }
}

/** About an id or a cursor that the ledger does not have: what it has is not concerned. */
const unpaid: ReadonlySet<LedgerErrorReason["_tag"]> = new Set(["NotFound", "BadCursor"])

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
    case "Replaced":
      return `the ledger ${sanitizeText(reason.location)} is gone: ${reason.found} is in its place`
    case "NotResponding":
      return `the ledger ${sanitizeText(reason.location)} has not answered for ${reason.seconds} s`
    case "StorageFailed":
      return `the ledger ${sanitizeText(reason.location)} failed: ${sanitizeText(reason.detail)}`
    case "IdempotencyMismatch":
      return `this idempotency key belongs to another request, ${reason.handle}`
    case "AccountUnknown":
      return `${reason.by === "key" ? "this idempotency key was used for" : "this is the same request as"} ${sanitizeText(reason.handle, 80)}, made with another credential; is it the same Kling account?`
    case "OverBudget":
      return reason.limit === "call"
        ? `${formatQuote(reason)} exceeds the limit of ${usdText(reason.limitUsd)} per call (${daySpendText(reason.today)})`
        : `${daySpendText(reason.today)}; ${formatQuote(reason)} would exceed the limit of ${usdText(reason.limitUsd)} per day (UTC)`
    case "BudgetExceeded":
      return reason.quoteUsd === undefined
        ? `a request whose price is unknown until charged cannot be held by ${budgetText(reason.budget)}`
        : `${budgetText(reason.budget)}, ${budgetLeftText(reason.budget)}; ${formatQuote(reason)} would exceed it`
    case "ApprovalInvalid":
      return "the approval is unknown, already used, expired, or for another request or price"
    case "Unstorable":
      return `${reason.field} contains a character that cannot be stored`
    case "NotFound":
      return `no job ${sanitizeText(reason.id, 80)} in the ledger`
    case "BadCursor":
      return "the cursor is not valid for this list"
    case "StateConflict":
      return `job ${reason.handle} is ${reason.found} and cannot become ${reason.wanted}`
    case "TaskTaken":
      return `task ${sanitizeText(reason.taskId, 80)} belongs to another job`
    case "LeaseHeld":
      return `another process is working on job ${reason.handle}`
    case "LeaseLost":
      return `another process has taken over job ${reason.handle}`
    case "Quarantined":
      return `the ledger's row of job ${sanitizeText(reason.handle, 80)} cannot be read: ${sanitizeText(reason.detail)}`
  }
}

function nextStep(reason: LedgerErrorReason): NextStep {
  switch (reason._tag) {
    case "CannotOpen":
      return { _tag: "MakeAccessible", settings: ["ledgerDir", "databaseUrl"] }
    case "Locked":
      return { _tag: "Repeat", when: "lock-free" }
    case "ReadOnly":
      return { _tag: "MakeWritable", settings: ["ledgerDir"] }
    case "DiskFull":
      return { _tag: "FreeSpace", settings: [] }
    case "Unreadable":
      return { _tag: "MoveAway", settings: ["ledgerDir"] }
    case "NewerVersion":
      return { _tag: "UpdateClient", because: "newer-ledger" }
    case "Replaced":
      return { _tag: "RestoreLedger" }
    case "NotResponding":
      return { _tag: "Repeat", when: "later" }
    case "StorageFailed":
      return { _tag: "FixCause", before: "retry" }
    case "IdempotencyMismatch":
      return { _tag: "ChooseKey", handle: reason.handle }
    case "AccountUnknown":
      return { _tag: "NameAccount", handle: reason.handle }
    case "OverBudget":
      return {
        _tag: "RaiseLimit",
        setting: reason.limit === "call" ? "maxUsdPerCall" : "maxUsdPerDay",
        limitUsd: reason.limitUsd,
        isUpperBound: reason.isUpperBound === true,
        ...Struct.pick(reason, ["cheaper"])
      }
    case "BudgetExceeded":
      return {
        _tag: "AskForBudget",
        ...Struct.pick(reason.budget, ["level", "name", "resetsOn"]),
        isPriced: reason.quoteUsd !== undefined,
        isUpperBound: reason.isUpperBound === true,
        ...Struct.pick(reason, ["cheaper"])
      }
    case "ApprovalInvalid":
      return { _tag: "ApproveAgain" }
    case "Unstorable":
      return { _tag: "RemoveCharacter", field: reason.field }
    case "NotFound":
      return { _tag: "CheckId", id: reason.id, at: "ledger" }
    case "TaskTaken":
      return { _tag: "CheckId", id: reason.taskId, at: "Kling" }
    case "BadCursor":
      return { _tag: "RestartList" }
    case "StateConflict":
    case "LeaseHeld":
    case "LeaseLost":
      return { _tag: "LookUp", handle: reason.handle }
    case "Quarantined":
      return { _tag: "FindAtKling", handle: reason.handle }
  }
}
