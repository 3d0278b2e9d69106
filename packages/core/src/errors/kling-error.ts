import { Schema } from "effect"
import { findKlingCode } from "./codes.ts"
import { fillNames } from "./field-placeholders.ts"
import { sanitizeText } from "./sanitize-text.ts"

/** Whether Kling charged, or may have charged, units for the failed request. */
export const Charged = Schema.Literals(["no", "maybe", "yes"])
export type Charged = typeof Charged.Type

const kling = {
  klingCode: Schema.Int,
  klingMessage: Schema.String,
  retryAfterSeconds: Schema.optionalKey(Schema.Number)
}

const reasons = {
  /** Rejected by klingkit before any request. */
  InvalidInput: { problems: Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String })) },
  /** No credential, or only half of a key pair; names the variables to set. */
  MissingCredentials: { variables: Schema.Array(Schema.String) },
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
  /** The request could not be persisted first, so it was not sent. */
  JournalFailed: { detail: Schema.String },
  /** Nothing was sent: DNS, connection or TLS handshake failed. */
  NotConnected: { detail: Schema.String },
  /** Sent, but no complete response came back. */
  ConnectionLost: { detail: Schema.String },
  /** Not a response of Kling's API: no envelope, or an unknown shape or status word. */
  UnexpectedAnswer: { detail: Schema.String },
  /** A create with an unresolved outcome: the task may exist under this external id. */
  SubmissionUnknown: { externalTaskId: Schema.optionalKey(Schema.String), detail: Schema.String },
  TaskFailed: { taskId: Schema.String, detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type KlingErrorReason = typeof Reason.Type

/** Every way a call to Kling can fail. `reason` says which; the getters tell the caller what it means. */
export class KlingError extends Schema.TaggedError<KlingError>()("KlingError", {
  reason: Reason,
  operation: Schema.optionalKey(Schema.String),
  /** The operation is billed: decides between `no` and `maybe`. */
  billed: Schema.optionalKey(Schema.Boolean),
  httpStatus: Schema.optionalKey(Schema.Int),
  requestId: Schema.optionalKey(Schema.String)
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
    return ambiguous.has(this.reason._tag) && !rejectedByStatus(this.reason, this.httpStatus)
  }

  get wasCharged(): Charged {
    return this.billed === true && this.mayHaveExecuted ? "maybe" : "no"
  }

  override get message(): string {
    return describe(this.reason)
  }

  /** What to do next, in one sentence. */
  get suggestion(): string {
    return suggest(this.reason)
  }
}

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
  "TaskFailed"
])

/** A gateway's error page or a truncated body: the next attempt may get Kling's own response. */
const isTransient = (httpStatus: number | undefined): boolean =>
  httpStatus !== undefined && (httpStatus >= 500 || httpStatus === 429 || httpStatus === 200)

/** The status alone proves that the request was rejected: an unknown code with a 4xx, or a body that is too large. */
const rejectedByStatus = (reason: KlingErrorReason, httpStatus: number | undefined): boolean =>
  (reason._tag === "UnknownCode" && httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500) ||
  (reason._tag === "UnexpectedAnswer" && httpStatus === 413)

function describe(reason: KlingErrorReason): string {
  switch (reason._tag) {
    case "InvalidInput":
      return reason.problems.map(({ field, message }) => `${field} ${fillNames(message, (name) => name)}`).join("; ")
    case "MissingCredentials":
      return `no complete Kling credential: set ${reason.variables.join(", ")}`
    case "TaskNotFound":
      return `no task ${sanitizeText(reason.taskId, 80)} on this account`
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
      return `${meaning} (code ${reason.klingCode}); Kling says: "${sanitizeText(reason.klingMessage)}"`
    }
  }
}

function suggest(reason: KlingErrorReason): string {
  switch (reason._tag) {
    case "InvalidInput":
      return "fix the named fields; nothing was sent"
    case "MissingCredentials":
      return "set KLINGAI_API_KEY, or KLINGAI_ACCESS_KEY and KLINGAI_SECRET_KEY; nothing was sent"
    case "TaskNotFound":
      return "check the id, the account and the region; results are kept for 30 days"
    case "JournalFailed":
      return "fix the cause, then send the request again; nothing was sent"
    case "NotConnected":
      return "check the network and KLINGAI_BASE_URL; nothing was sent"
    case "ConnectionLost":
      return "try again later"
    case "UnexpectedAnswer":
      return "check the task again later; if the error persists, update klingkit"
    case "SubmissionUnknown":
      return reason.externalTaskId === undefined
        ? "check the task list in Kling's console before sending it again"
        : `do not send it again under another id; check later with: task get ${reason.externalTaskId}`
    case "TaskFailed":
      return "change the input before trying again; the task's billing record shows whether it was charged"
    case "UnknownCode":
      return "look up the code in Kling's documentation, or update klingkit"
    default:
      return findKlingCode(reason.klingCode)?.advice ?? "check the task again later"
  }
}

/** Shorthand for the most common error: invalid input, found before any request. */
export const invalidInput = (
  problems: ReadonlyArray<{ readonly field: string; readonly message: string }>,
  operation?: string
): KlingError =>
  new KlingError({
    reason: { _tag: "InvalidInput", problems: [...problems] },
    ...(operation === undefined ? {} : { operation })
  })
