import type { KlingErrorReason } from "@klingkit/core"
import type { JobErrorReason, LedgerErrorReason } from "@klingkit/jobs"
import type { ToolFailure } from "@klingkit/tools"
import type { ProblemStatus } from "./problem.ts"

type Tag = (KlingErrorReason | JobErrorReason | LedgerErrorReason)["_tag"]

/**
 * The status of each error. 402: Kling's account has to be topped up. 403: refused by a limit or a right, and a repeat is refused
 * again. 409: the task, or an earlier request, is in the way. 502: Kling. 503: this server.
 */
const statuses: Readonly<Record<Tag, ProblemStatus>> = {
  InvalidInput: 400,
  WrongMethod: 400,
  MissingCredentials: 503,
  NoAccount: 403,
  UnusableCredentials: 503,
  Unauthorized: 502,
  TokenRejected: 502,
  AccountBlocked: 502,
  QuotaExceeded: 402,
  Forbidden: 403,
  InvalidRequest: 400,
  NotSupported: 400,
  ContentRefused: 422,
  RateLimited: 429,
  ConcurrencyLimit: 429,
  ServerError: 502,
  UnknownCode: 502,
  TaskNotFound: 404,
  TaskNotVisible: 502,
  JournalFailed: 503,
  NotConnected: 502,
  ConnectionLost: 502,
  UnexpectedAnswer: 502,
  SubmissionUnknown: 502,
  TaskFailed: 502,
  Duplicate: 409,
  NotApproved: 403,
  StepFailed: 409,
  FileExists: 409,
  FileDenied: 403,
  FileElsewhere: 400,
  NotFinished: 409,
  NothingToFetch: 409,
  ResultsNotShown: 502,
  FetchFailed: 502,
  FetchTimedOut: 504,
  ResultDenied: 502,
  NotRepeatable: 409,
  NoSpace: 507,
  CannotOpen: 503,
  Locked: 503,
  ReadOnly: 503,
  DiskFull: 503,
  Unreadable: 503,
  NewerVersion: 503,
  Replaced: 503,
  NotResponding: 503,
  StorageFailed: 503,
  IdempotencyMismatch: 422,
  AccountUnknown: 409,
  OverBudget: 403,
  BudgetExceeded: 403,
  ApprovalInvalid: 403,
  Unstorable: 400,
  NotFound: 404,
  BadCursor: 400,
  StateConflict: 409,
  TaskTaken: 409,
  LeaseHeld: 409,
  LeaseLost: 409,
  Quarantined: 500
}

export const statusOfError = ({ reason }: ToolFailure): ProblemStatus => statuses[reason._tag]

/** When to try again, where Kling said so. */
export const retryHeaders = ({ reason }: ToolFailure): Readonly<Record<string, string>> =>
  "retryAfterSeconds" in reason && reason.retryAfterSeconds !== undefined
    ? { "retry-after": String(Math.ceil(reason.retryAfterSeconds)) }
    : {}
