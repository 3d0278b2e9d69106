import { DateTime, Schema, Struct } from "effect"
import { findKlingCode } from "./codes.ts"
import { type Charged, JobMoney, moneyOfUnread } from "./job-money.ts"
import { adviceOf, libraryAdvice, withOutcome } from "./library-advice.ts"
import { CandidateTask, type NextStep } from "./next-step.ts"
import { mostProblems, nameProblem, Problem } from "./problem.ts"
import { sanitizeText } from "./sanitize-text.ts"
import { type NameSetting, optionOf, Setting } from "./setting.ts"

/** The credential and the address of a request. */
export const Access = Schema.Struct({
  credential: Schema.Literals(["api-key", "key-pair"]),
  /** An API key begins with `api-key-`, as all do that Kling documents. */
  hasKeyPrefix: Schema.optionalKey(Schema.Boolean),
  baseUrl: Schema.String,
  /** Absent for an address that is none of Kling's own. */
  region: Schema.optionalKey(Schema.Literals(["global", "china"]))
})
export type Access = typeof Access.Type

const kling = {
  klingCode: Schema.Int,
  klingMessage: Schema.String,
  retryAfterSeconds: Schema.optionalKey(Schema.Number)
}

const reasons = {
  /** Rejected by klingkit before any request. */
  InvalidInput: { problems: Schema.Array(Problem) },
  /** An operation that makes a task was called, or one that answers at once was submitted; `method` is the right one. */
  WrongMethod: { operationId: Schema.String, method: Schema.Literals(["submit", "call"]) },
  /** No credential, or only half of a key pair; names what to set. */
  MissingCredentials: { settings: Schema.Array(Setting) },
  /**
   * The caller of a hosted server has no Kling account to pay from, and connects one at `page`, if the server has it.
   * `unreadable`: one is stored, and the server has lost the secret that opens it.
   */
  NoAccount: { why: Schema.Literals(["none", "unreadable"]), page: Schema.optionalKey(Schema.String) },
  /** The shape of the credential shows that Kling cannot accept it; no request was made. */
  UnusableCredentials: { problems: Schema.Array(Problem) },
  Unauthorized: kling,
  TokenRejected: kling,
  AccountBlocked: kling,
  QuotaExceeded: kling,
  Forbidden: kling,
  InvalidRequest: kling,
  NotSupported: kling,
  ContentRefused: kling,
  RateLimited: kling,
  ConcurrencyLimit: kling,
  ServerError: kling,
  /** A code that is not in Kling's table. */
  UnknownCode: kling,
  TaskNotFound: { taskId: Schema.String },
  /** Kling accepted the request, in milliseconds since 1970, and has not shown its task since, or shows none to a key pair. */
  TaskNotVisible: { taskId: Schema.String, acceptedAt: Schema.Int, needsApiKey: Schema.optionalKey(Schema.Boolean) },
  /** The request could not be persisted first, so it was not sent. */
  JournalFailed: { detail: Schema.String },
  /** Nothing was sent: DNS, connection or TLS handshake failed. */
  NotConnected: { detail: Schema.String },
  /** Sent, but no complete response came back. */
  ConnectionLost: { detail: Schema.String },
  /** Not a response of Kling's API: no envelope, or an unknown shape or status word. */
  UnexpectedAnswer: { detail: Schema.String },
  /**
   * A create with an unresolved outcome: the task may exist under this external id. `candidates`: Kling's lists do not
   * decide it; these tasks may be the one.
   */
  SubmissionUnknown: {
    externalTaskId: Schema.optionalKey(Schema.String),
    detail: Schema.String,
    candidates: Schema.optionalKey(Schema.Array(CandidateTask))
  },
  TaskFailed: { taskId: Schema.String, detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type KlingErrorReason = typeof Reason.Type

/**
 * Every way a call to Kling can fail. `reason` says which; the getters tell the caller what it means.
 *
 * @example
 * ```ts
 * import { type Kling, KlingError } from "@klingkit/core"
 * import { Effect } from "effect"
 *
 * const optional = <A>(call: Effect.Effect<A, KlingError, Kling>) =>
 *   Effect.catchReason(call, "KlingError", "TaskNotFound", () => Effect.succeed(undefined))
 *
 * const report = (error: unknown) =>
 *   error instanceof KlingError ? `${error.message}. Charged: ${error.wasCharged}. ${error.suggestion}` : String(error)
 * ```
 */
export class KlingError extends Schema.TaggedError<KlingError>()("KlingError", {
  reason: Reason,
  operation: Schema.optionalKey(Schema.String),
  /** The operation is billed: decides between `no` and `maybe`. */
  billed: Schema.optionalKey(Schema.Boolean),
  httpStatus: Schema.optionalKey(Schema.Int),
  requestId: Schema.optionalKey(Schema.String),
  /** How Kling was asked, where it rejected the credential: its own text does not say what is wrong. */
  access: Schema.optionalKey(Access),
  /** The task was looked up after the answer, and Kling has none. */
  isAbsent: Schema.optionalKey(Schema.Boolean),
  /** The job whose state could not be read: what is known of its money stands. */
  job: Schema.optionalKey(JobMoney),
  /** It was a read of tasks that Kling may have: the read is free, and says nothing of what they cost. */
  isOfTasks: Schema.optionalKey(Schema.Boolean)
}) {
  /** A stable code for programs: `KLING_RATE_LIMITED`. */
  get code(): string {
    return `KLING_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  /** A retry may succeed. A create is retried only under the same external id. */
  get isRetryable(): boolean {
    return retryable.has(this.reason._tag) || (this.reason._tag === "UnexpectedAnswer" && isTransient(this.httpStatus))
  }

  /** Kling may have executed the request although it failed here; free operations included. */
  get mayHaveExecuted(): boolean {
    return ambiguous.has(this.reason._tag) && !isRejected(this)
  }

  /** Of the request that failed; of a read, what is known of the task that was to be read: the read itself is free. */
  get wasCharged(): Charged {
    if (this.job !== undefined) return this.job.charged
    return this.isOfTasks === true || (this.billed === true && this.mayHaveExecuted) ? "maybe" : "no"
  }

  /** It failed before anything was sent. */
  get isUnsent(): boolean {
    return this.job?.isSent !== true && unsent.has(this.reason._tag)
  }

  /** What to do next, as data. */
  get next(): NextStep {
    const step = nextStep(this.reason, this.access)
    return this.job === undefined || this.job.isEnded || keptSteps.has(step._tag)
      ? step
      : { _tag: "Wait", handle: this.job.handle }
  }

  /** What to do once that is done: the job is still there to be waited for. */
  get afterwards(): NextStep | undefined {
    return this.job === undefined || this.job.isEnded || !repairs.has(this.next._tag)
      ? undefined
      : { _tag: "Wait", handle: this.job.handle }
  }

  /** The same error, said of a job whose state could not be read. */
  about(job: JobMoney): KlingError {
    return saidOf(this, { job })
  }

  /** The same error, said of a task that was to be read by an id, unless there is none, or more is known of it. */
  aboutTask(id: string): KlingError {
    return this.job !== undefined || isOfNoTask(this) ? this : this.about(moneyOfUnread(id))
  }

  /** The same error, said of tasks that were to be read, unless there are none. */
  aboutTasks(): KlingError {
    return isOfNoTask(this) ? this : saidOf(this, { isOfTasks: true })
  }

  /** What happened, in one sentence, with settings under the names of a face. */
  describe(nameOf: NameSetting): string {
    return describe(this.reason, nameOf, this.access)
  }

  override get message(): string {
    return this.describe(optionOf)
  }

  /** What to do next, in one sentence for programmers. */
  get suggestion(): string {
    return withOutcome(this, adviceOf(this, libraryAdvice))
  }
}

const saidOf = (error: KlingError, of: Pick<KlingError, "job"> | Pick<KlingError, "isOfTasks">): KlingError =>
  new KlingError({ ...Struct.pick(error, ["reason", ...details]), ...of })

/** It says that there is no such task, or was rejected before any request. */
const isOfNoTask = ({ reason }: KlingError): boolean => reason._tag === "TaskNotFound" || reason._tag === "InvalidInput"

const details = ["operation", "billed", "httpStatus", "requestId", "access", "isAbsent"] as const

/** Steps that fix what keeps klingkit from reading Kling's answers. */
const repairs: ReadonlySet<NextStep["_tag"]> = new Set([
  "SetCredentials",
  "ConnectAccount",
  "CheckKey",
  "CheckRegion",
  "SetClock",
  "CheckAccount",
  "TopUp",
  "CheckNetwork",
  "UpdateClient"
])

/** Steps that hold for the job of an error as well; in place of the others it is waited for. */
const keptSteps: ReadonlySet<NextStep["_tag"]> = new Set([
  ...repairs,
  "FixInput",
  "LookUp",
  "AwaitOutcome",
  "ChooseTask",
  "CheckId"
])

const unsent: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "InvalidInput",
  "WrongMethod",
  "MissingCredentials",
  "NoAccount",
  "UnusableCredentials",
  "JournalFailed",
  "NotConnected"
])

const retryable: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "RateLimited",
  "ConcurrencyLimit",
  "ServerError",
  "NotConnected",
  "ConnectionLost"
])

const ambiguous: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "ServerError",
  "UnknownCode",
  "ConnectionLost",
  "UnexpectedAnswer",
  "SubmissionUnknown",
  "TaskNotVisible",
  "TaskFailed"
])

/** A gateway's error page or a truncated body: the next attempt may get Kling's own response. */
const isTransient = (httpStatus: number | undefined): boolean =>
  httpStatus !== undefined && (httpStatus >= 500 || httpStatus === 429 || httpStatus === 200)

/** A body that is too large was not read; an unknown code is a rejection only once no task was found. */
const isRejected = ({ reason, httpStatus, isAbsent }: KlingError): boolean =>
  (reason._tag === "UnknownCode" && isAbsent === true) || (reason._tag === "UnexpectedAnswer" && httpStatus === 413)

function describe(reason: KlingErrorReason, nameOf: NameSetting, access?: Access): string {
  switch (reason._tag) {
    case "InvalidInput":
    case "UnusableCredentials":
      return reason.problems
        .map((problem) => nameProblem(problem, nameOf))
        .map(({ field, message }) => `${field} ${message}`)
        .join("; ")
    case "WrongMethod":
      return reason.method === "submit"
        ? `${reason.operationId} makes a task, so it is not called`
        : `${reason.operationId} answers at once, so it is not submitted`
    case "MissingCredentials":
      return `no complete Kling credential: set ${reason.settings.map(nameOf).join(", ")}`
    case "NoAccount":
      return reason.why === "none"
        ? "no Kling account is connected for this caller, and this server lends none"
        : "the Kling account of this caller cannot be read: the server's secret was replaced since it was connected"
    case "TaskNotFound":
      return `no task ${sanitizeText(reason.taskId, 80)} on this account`
    case "TaskNotVisible":
      return `Kling accepted task ${sanitizeText(reason.taskId, 80)} at ${DateTime.formatIso(DateTime.makeUnsafe(reason.acceptedAt))}, but ${reason.needsApiKey === true ? "shows it to an API key only" : "does not show it"}`
    case "JournalFailed":
      return `the request could not be recorded: ${sanitizeText(reason.detail)}`
    case "NotConnected":
      return `could not reach Kling: ${sanitizeText(reason.detail)}`
    case "ConnectionLost":
      return `the connection to Kling was lost: ${sanitizeText(reason.detail)}`
    case "UnexpectedAnswer":
      return `unexpected response from Kling: ${sanitizeText(reason.detail)}`
    case "SubmissionUnknown":
      return `it is not known whether Kling accepted the request: ${sanitizeText(reason.detail)}`
    case "TaskFailed":
      return `Kling could not finish task ${sanitizeText(reason.taskId, 80)}; Kling says: "${sanitizeText(reason.detail)}"`
    case "UnknownCode":
      return `Kling returned code ${reason.klingCode}, which klingkit does not know; Kling says: "${sanitizeText(reason.klingMessage)}"`
    default: {
      const meaning = findKlingCode(reason.klingCode)?.meaning ?? "Kling rejected the request"
      // Kling's own text about a credential is about something else as often as not.
      const sent = access === undefined ? "" : `: ${describeAccess(access)}`
      return `${meaning}${sent} (code ${reason.klingCode}); Kling says: "${sanitizeText(reason.klingMessage)}"`
    }
  }
}

const describeAccess = ({ credential, hasKeyPrefix, baseUrl, region }: Access): string => {
  const what =
    credential === "key-pair" ? "an access/secret key pair" : hasKeyPrefix === true ? "an API key" : keyWithoutPrefix
  return `sent was ${what}, to ${baseUrl}${region === undefined ? "" : ` (region ${region})`}`
}

const keyWithoutPrefix = 'an API key that does not begin with "api-key-" as Kling\'s do (half of a key pair is not one)'

function nextStep(reason: KlingErrorReason, access?: Access): NextStep {
  switch (reason._tag) {
    case "InvalidInput":
      return { _tag: "FixInput", fields: [...new Set(reason.problems.map(({ field }) => field))] }
    case "WrongMethod":
      return { _tag: "UseMethod", method: reason.method }
    case "MissingCredentials":
    case "UnusableCredentials":
      return { _tag: "SetCredentials" }
    case "NoAccount":
      return { _tag: "ConnectAccount", ...(reason.page === undefined ? {} : { page: reason.page }) }
    case "TaskNotFound":
      return { _tag: "CheckId", id: reason.taskId, at: "Kling" }
    case "TaskNotVisible":
      return { _tag: "LookUp", handle: reason.taskId }
    case "JournalFailed":
      return { _tag: "FixCause", before: "resend" }
    case "NotConnected":
      return { _tag: "CheckNetwork", setting: "baseUrl" }
    case "ConnectionLost":
      return { _tag: "Repeat", when: "later" }
    case "UnexpectedAnswer":
      return { _tag: "CheckLater" }
    case "SubmissionUnknown":
      if (reason.externalTaskId !== undefined && reason.candidates !== undefined) {
        return { _tag: "ChooseTask", handle: reason.externalTaskId, candidates: reason.candidates }
      }
      return {
        _tag: "AwaitOutcome",
        ...(reason.externalTaskId === undefined ? {} : { handle: reason.externalTaskId })
      }
    case "TaskFailed":
      return { _tag: "ChangeInput" }
    case "UnknownCode":
      return { _tag: "LookUpCode", code: reason.klingCode }
    default: {
      const next = findKlingCode(reason.klingCode)?.next ?? { _tag: "CheckLater" as const }
      return next._tag === "CheckRegion" && access !== undefined ? { ...next, credential: access.credential } : next
    }
  }
}

/** Shorthand for the most common error: invalid input, found before any request. */
export const invalidInput = (problems: ReadonlyArray<Problem>, operation?: string): KlingError =>
  new KlingError({
    reason: { _tag: "InvalidInput", problems: problems.slice(0, mostProblems) },
    ...(operation === undefined ? {} : { operation })
  })

/** Refuses an operation of the other kind: its answer, or its task, would be lost. */
export const wrongMethod = (operationId: string, method: "submit" | "call"): KlingError =>
  new KlingError({ reason: { _tag: "WrongMethod", operationId, method }, operation: operationId })

/** A setting whose value is not valid. */
export const invalidSetting = (setting: Setting, message: string): KlingError =>
  invalidInput([{ field: setting, setting, message }])
