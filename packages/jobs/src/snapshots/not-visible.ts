import { type CredentialKind, KlingError } from "@klingkit/core"
import { Clock, Effect } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"

/**
 * How long an accepted task that Kling does not show counts as not visible yet. Reads that follow a create were never seen to
 * lag; a wait that ends too early loses sight of what is paid, one that ends too late has a timeout of its own.
 */
const visibleWithinMillis = 15 * 60_000

/** The job when Kling does not show its task: it may not have it yet, or not show it yet, or not to this kind of credential. */
export const notVisible = Effect.fnUntraced(function* (
  record: JobRecord,
  error: KlingError,
  credential: CredentialKind
): Effect.fn.Return<Job, KlingError> {
  if (error.reason._tag !== "TaskNotFound") return yield* error
  const { handle, operation, state } = record
  switch (state) {
    case "INTENT":
    case "SENDING":
    case "IN_DOUBT":
      return jobOfRecord(record)
    case "ACCEPTED":
    case "RUNNING": {
      // Kling has said that it has the task, and when it last did: an id that it does not find now proves nothing.
      const { updatedAt } = record
      const needsApiKey = credential === "key-pair" && record.generation === "new"
      if (!needsApiKey && Math.abs((yield* Clock.currentTimeMillis) - updatedAt) < visibleWithinMillis)
        return jobOfRecord(record)
      const acceptedAt = state === "ACCEPTED" ? updatedAt : (record.sentAt ?? record.createdAt)
      return yield* new KlingError({
        reason: { _tag: "TaskNotVisible", taskId: handle, acceptedAt, ...(needsApiKey ? { needsApiKey } : {}) },
        operation,
        billed: true
      })
    }
    default:
      return yield* error
  }
})
