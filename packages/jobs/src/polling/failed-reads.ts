import type { KlingError, KlingErrorReason } from "@klingkit/core"

/** Since when, and how often in a row, the state of a job could not be read. */
export interface FailedReads {
  readonly since: number
  readonly count: number
  /** How many of the last ones Kling rejected because of the credential or the account. */
  readonly rejected: number
}

export const noFailedReads: FailedReads = { since: 0, count: 0, rejected: 0 }

/** Waiting does not change these: the request cannot be sent, or the user is asked. */
const final: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "InvalidInput",
  "WrongMethod",
  "MissingCredentials",
  "NoAccount",
  "UnusableCredentials",
  "TaskNotFound",
  "TaskNotVisible",
  "SubmissionUnknown"
])

/** A credential that Kling rejects once may pass again, behind a gateway or right after it was made; hardly after three reads. */
const rejections: ReadonlySet<KlingErrorReason["_tag"]> = new Set([
  "Unauthorized",
  "TokenRejected",
  "AccountBlocked",
  "Forbidden"
])
const mostRejected = 3

/** An answer that cannot be understood for so long needs another klingkit, or a look at the network. */
const longestUnclearMillis = 30 * 60_000

/**
 * Counts a failed read. The task keeps running at Kling whether or not it can be read, so a wait continues unless this
 * returns nothing: who waits has a timeout of their own.
 */
export const countFailedRead = (before: FailedReads, error: KlingError, now: number): FailedReads | undefined => {
  const { _tag } = error.reason
  const since = before.count === 0 ? now : before.since
  const rejected = rejections.has(_tag) ? before.rejected + 1 : 0
  if (final.has(_tag) || rejected >= mostRejected) return undefined
  if (!error.isRetryable && now - since >= longestUnclearMillis) return undefined
  return { since, count: before.count + 1, rejected }
}
