import type { KlingError } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { Job } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState, mayBeSent } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { jobInLine } from "../submit/queue-place.ts"
import { idAtKling, sightOf, type Watching } from "./sight.ts"

/** A job that the ledger knows, with that ledger. */
export interface Known {
  readonly ledger: Ledger["Service"]
  readonly record: JobRecord
}

/** Nothing when the ledger does not know the id, or cannot be read. */
export const knownJob = Effect.fnUntraced(function* (
  { ledger, principal }: Watching,
  id: string
): Effect.fn.Return<Known | undefined> {
  const opened = yield* ledger
  if (Option.isNone(opened)) return undefined
  const record = yield* Effect.option(opened.value.get(id, principal))
  return Option.isNone(record) ? undefined : { ledger: opened.value, record: record.value }
})

/** How a job stands now. What only the ledger can know is read there; everything else is looked up at Kling. */
export const jobStatus = Effect.fn("Jobs.status")(function* (
  watching: Watching,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const known = yield* knownJob(watching, id)
  if (known === undefined) return { handle: id, task: yield* watching.looks.one(id) }
  const { ledger, record } = known
  if (yield* isKnownHere(watching, record)) return yield* jobInLine(ledger, record)
  // Others who want to see it at this moment read what comes of this look.
  yield* Effect.ignore(ledger.claimLooks([record.handle], 0))
  return yield* sightOf(watching, ledger, record, yield* Effect.exit(watching.looks.one(idAtKling(record))))
})

/** Kling cannot say more than the ledger: the task has ended, or was not sent yet. */
export const isKnownHere = Effect.fnUntraced(function* (
  { onAbandoned }: Watching,
  { state, lease }: JobRecord
): Effect.fn.Return<boolean> {
  if (mayBeSent(state) && (lease === undefined || lease.until <= (yield* Clock.currentTimeMillis))) yield* onAbandoned
  return isFinishedState(state) || state === "INTENT"
})
