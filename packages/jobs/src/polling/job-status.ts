import type { KlingError } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { Job } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState, mayBeSent } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { withQueuePosition } from "../submit/queued-job.ts"
import { lookupId, type PollingContext, toSnapshot } from "./snapshot.ts"

/** A job that was found in the ledger, with that ledger. */
export interface LedgerHit {
  readonly ledger: Ledger["Service"]
  readonly record: JobRecord
}

/** Nothing when the ledger does not have the id, or cannot be read. */
export const findLocalJob = Effect.fnUntraced(function* (
  { ledger, principal }: PollingContext,
  id: string
): Effect.fn.Return<LedgerHit | undefined> {
  const opened = yield* ledger
  if (Option.isNone(opened)) return undefined
  const record = yield* Effect.option(opened.value.get(id, principal))
  return Option.isNone(record) ? undefined : { ledger: opened.value, record: record.value }
})

/** The job's current state: from the ledger if Kling cannot know more, else polled. */
export const jobStatus = Effect.fn("Jobs.status")(function* (
  context: PollingContext,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const hit = yield* findLocalJob(context, id)
  if (hit === undefined) return { handle: id, task: yield* context.reader.read(id) }
  const { ledger, record } = hit
  if (yield* isTerminalOrUnsent(context, record)) return yield* withQueuePosition(ledger, record)
  // Others who want the status now read the result of this poll.
  yield* Effect.ignore(ledger.claimPolls([record.handle], 0))
  return yield* toSnapshot(context, ledger, record, yield* Effect.exit(context.reader.read(lookupId(record))))
})

/** Kling cannot know more than the ledger: the task has ended, or was not sent yet. */
export const isTerminalOrUnsent = Effect.fnUntraced(function* (
  { onOrphaned }: PollingContext,
  { state, lease }: JobRecord
): Effect.fn.Return<boolean> {
  if (mayBeSent(state) && (lease === undefined || lease.until <= (yield* Clock.currentTimeMillis))) yield* onOrphaned
  return isFinishedState(state) || state === "INTENT"
})
