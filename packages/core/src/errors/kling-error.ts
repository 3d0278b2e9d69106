import { Schema } from "effect"
import { findKlingCode } from "./codes.ts"
import { untrustedText } from "./untrusted-text.ts"

/** Whether Kling took, or may have taken, units for the request that failed. */
export type Charged = "no" | "maybe" | "yes"

const kling = {
  klingCode: Schema.Int,
  klingMessage: Schema.String,
  retryAfterSeconds: Schema.optionalKey(Schema.Number)
}

const reasons = {
  /** Refused by klingkit before any request. */
  InvalidInput: { problems: Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String })) },
  /** No credential, or half of one; names the variables to set. */
  MissingCredentials: { variables: Schema.Array(Schema.String) },
  Unauthorized: kling,
  TokenRejected: kling,
  AccountBlocked: kling,
  PackExhausted: kling,
  Forbidden: kling,
  InvalidRequest: kling,
  NotOffered: kling,
  ContentRefused: kling,
  RateLimited: kling,
  SlotsTaken: kling,
  ServerFailed: kling,
  /** A code that is not in Kling's table. */
  UnknownCode: kling,
  TaskNotFound: { taskId: Schema.String },
  /** The request could not be written down first, so it was not sent. */
  NotRecorded: { detail: Schema.String },
  /** Nothing was sent: no name, no connection, no TLS. */
  NotConnected: { detail: Schema.String },
  /** Sent, but no complete answer came back. */
  ConnectionLost: { detail: Schema.String },
  /** An answer that is not Kling's: no envelope, a shape or a status word that klingkit does not know. */
  UnexpectedAnswer: { detail: Schema.String },
  /** A create whose fate could not be settled: the task may exist under this external id. */
  SubmissionUnknown: { externalTaskId: Schema.optionalKey(Schema.String), detail: Schema.String },
  TaskFailed: { taskId: Schema.String, detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type KlingErrorReason = typeof Reason.Type

/** Every way a call to Kling can fail. `reason` says which; the getters say what it means for the caller. */
export class KlingError extends Schema.TaggedError<KlingError>()("KlingError", {
  reason: Reason,
  operation: Schema.optionalKey(Schema.String),
  /** The operation is paid: decides between `no` and `maybe`. */
  billed: Schema.optionalKey(Schema.Boolean),
  httpStatus: Schema.optionalKey(Schema.Int),
  requestId: Schema.optionalKey(Schema.String)
}) {
  /** A stable code for programs: `KLING_RATE_LIMITED`. */
  get code(): string {
    return `KLING_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  /** Waiting and asking again may help. A create is asked again with the same external id only. */
  get isRetryable(): boolean {
    return retryable.has(this.reason._tag) || (this.reason._tag === "UnexpectedAnswer" && mayPass(this.httpStatus))
  }

  /** The request may have been carried out although it failed here; free ones too. */
  get mayHaveArrived(): boolean {
    return uncertain.has(this.reason._tag) && !refusedByStatus(this.reason, this.httpStatus)
  }

  get wasCharged(): Charged {
    return this.billed === true && this.mayHaveArrived ? "maybe" : "no"
  }

  override get message(): string {
    return describe(this.reason)
  }

  /** What to do next, one sentence. */
  get suggestion(): string {
    return suggest(this.reason)
  }
}

const retryable: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "RateLimited",
  "SlotsTaken",
  "ServerFailed",
  "NotConnected",
  "ConnectionLost"
])

const uncertain: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "ServerFailed",
  "UnknownCode",
  "ConnectionLost",
  "UnexpectedAnswer",
  "SubmissionUnknown",
  "TaskFailed"
])

/** A gateway's page, or a body cut short: the answer that Kling meant to give may come next time. */
const mayPass = (httpStatus: number | undefined): boolean =>
  httpStatus !== undefined && (httpStatus >= 500 || httpStatus === 429 || httpStatus === 200)

/** The status alone says that the request was turned away: with a code that is not in the table, or by its size. */
const refusedByStatus = (reason: KlingErrorReason, httpStatus: number | undefined): boolean =>
  (reason._tag === "UnknownCode" && httpStatus !== undefined && httpStatus >= 400 && httpStatus < 500) ||
  (reason._tag === "UnexpectedAnswer" && httpStatus === 413)

function describe(reason: KlingErrorReason): string {
  switch (reason._tag) {
    case "InvalidInput":
      return reason.problems.map((one) => `${one.field} ${one.message}`).join("; ")
    case "MissingCredentials":
      return `no complete Kling credential: set ${reason.variables.join(", ")}`
    case "TaskNotFound":
      return `no task ${untrustedText(reason.taskId, 80)} on this account`
    case "NotRecorded":
      return `the request could not be recorded: ${untrustedText(reason.detail)}`
    case "NotConnected":
      return `could not reach Kling: ${untrustedText(reason.detail)}`
    case "ConnectionLost":
      return `the connection to Kling was lost: ${untrustedText(reason.detail)}`
    case "UnexpectedAnswer":
      return `Kling answered something unexpected: ${untrustedText(reason.detail)}`
    case "SubmissionUnknown":
      return `it is not known whether Kling took the request: ${untrustedText(reason.detail)}`
    case "TaskFailed":
      return `Kling could not finish task ${untrustedText(reason.taskId, 80)}; Kling says: "${untrustedText(reason.detail)}"`
    case "UnknownCode":
      return `Kling answered code ${reason.klingCode}, which klingkit does not know; Kling says: "${untrustedText(reason.klingMessage)}"`
    default: {
      const meaning = findKlingCode(reason.klingCode)?.meaning ?? "Kling refused the request"
      return `${meaning} (code ${reason.klingCode}); Kling says: "${untrustedText(reason.klingMessage)}"`
    }
  }
}

function suggest(reason: KlingErrorReason): string {
  switch (reason._tag) {
    case "InvalidInput":
      return "correct the named fields; nothing was sent"
    case "MissingCredentials":
      return "set KLINGAI_API_KEY, or KLINGAI_ACCESS_KEY and KLINGAI_SECRET_KEY; nothing was sent"
    case "TaskNotFound":
      return "check the id, the account and the region; results are kept for 30 days"
    case "NotRecorded":
      return "mend what the message names, then send it again; nothing was sent"
    case "NotConnected":
      return "check the network and KLINGAI_BASE_URL; nothing was sent"
    case "ConnectionLost":
      return "try again later"
    case "UnexpectedAnswer":
      return "look at the task again later; if it stays, update klingkit"
    case "SubmissionUnknown":
      return reason.externalTaskId === undefined
        ? "look at the task list in Kling's console before sending it again"
        : `do not send it again under another id; look again later with: task get ${reason.externalTaskId}`
    case "TaskFailed":
      return "change the input before trying again; whether a failed task is charged shows in its billing record"
    case "UnknownCode":
      return "look the code up in Kling's documentation, or update klingkit"
    default:
      return findKlingCode(reason.klingCode)?.advice ?? "look at the task again later"
  }
}

/** Shorthand for the commonest error: wrong input, found before any request. */
export const invalidInput = (
  problems: ReadonlyArray<{ readonly field: string; readonly message: string }>,
  operation?: string
): KlingError =>
  new KlingError({
    reason: { _tag: "InvalidInput", problems: [...problems] },
    ...(operation === undefined ? {} : { operation })
  })
