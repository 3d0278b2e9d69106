import type { KlingError } from "@klingkit/core"
import { Clock, Effect } from "effect"
import type { Job } from "../job.ts"
import { moneyOfRecord } from "../job-money.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState, mayBeSent } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import { Queues } from "../queue/queues.ts"
import { Recovery } from "../recovery/recovery.ts"
import { JobsSettings } from "../settings.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

/** Nothing when the ledger does not have the id, or cannot be read: a task can be read without it. */
export const findRecord = Effect.fnUntraced(function* (
  id: string
): Effect.fn.Return<JobRecord | undefined, never, Ledger | JobsSettings> {
  const ledger = yield* Ledger
  const { principal } = yield* JobsSettings
  return yield* Effect.orElseSucceed(ledger.get(id, principal), () => undefined)
})

/** The job's current state: from the ledger if Kling cannot know more, else polled. */
export const jobStatus = Effect.fn("Jobs.status")(function* (
  id: string
): Effect.fn.Return<Job, KlingError, Ledger | Queues | Recovery | Snapshots | JobsSettings> {
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const record = yield* findRecord(id)
  if (record === undefined) return { handle: id, task: yield* snapshots.readTask(id) }
  if (yield* isTerminalOrUnsent(record)) {
    const latest = yield* snapshots.complete(record)
    return yield* Queues.use((queues) => queues.jobOf(latest))
  }
  // Others who want the status now read the result of this poll.
  yield* Effect.ignore(ledger.claimPolls([record.handle], 0))
  return yield* Effect.mapError(snapshots.poll(record), (error) => error.about(moneyOfRecord(record)))
})

const recoverEveryMillis = 10_000

/** Kling cannot know more than the ledger: the task has ended, or was not sent yet. An orphaned job is recovered. */
export const isTerminalOrUnsent = Effect.fnUntraced(function* ({
  state,
  lease
}: JobRecord): Effect.fn.Return<boolean, never, Recovery> {
  if (mayBeSent(state) && (lease === undefined || lease.until <= (yield* Clock.currentTimeMillis))) {
    yield* Recovery.use((recovery) => recovery.runUnlessWithin(recoverEveryMillis))
  }
  return isFinishedState(state) || state === "INTENT"
})
