import { type AnyOperation, findOperation, isFinished, type KlingError } from "@klingkit/core"
import { Clock, Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { jobInLine } from "../submit/queue-place.ts"
import { isKnownHere, knownJob } from "./job-status.ts"
import { nextLookAt } from "./look-times.ts"
import type { Poller } from "./poller.ts"
import type { Watching } from "./sight.ts"

/** Where Kling calls back, a look only makes up for a call that was lost. */
const calledLookMillis = 60_000
/** How often the ledger is read for what another process may have written. */
const rereadMillis = { unsent: 1000, called: 2000 }

/** The job at every look until it has ended. All who wait, for this job or others, look together. */
export const followJob = (
  watching: Watching,
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined
): Stream.Stream<Job, KlingError> => {
  const looks = Stream.paginate(Option.none<Job>(), (last) =>
    Effect.gen(function* () {
      const seen = yield* Option.match(last, { onNone: () => firstSight(watching, poller, id), onSome: next }).pipe(
        Effect.map(Option.some),
        // The task goes on whether or not it can be seen: only what will never pass ends the wait.
        Effect.catch((error) => (error.isRetryable ? Effect.succeed(Option.none<Job>()) : Effect.fail(error)))
      )
      const job = Option.orElse(seen, () => last)
      const ended = Option.isSome(seen) && isFinished(seen.value.task)
      return [Option.toArray(seen), ended ? Option.none<Option.Option<Job>>() : Option.some(job)] as const
    })
  )
  const next = (last: Job) => nextSight(watching, poller, id, operation, last)
  return Stream.unwrap(Effect.as(poller.join(id), looks))
}

const firstSight = Effect.fnUntraced(function* (
  watching: Watching,
  poller: Poller,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const known = yield* knownJob(watching, id)
  if (known === undefined) return { handle: id, task: yield* watching.looks.one(id) }
  const { ledger, record } = known
  if (yield* isKnownHere(watching, record)) return yield* jobInLine(ledger, record)
  return yield* poller.seeAt(ledger, record, yield* Clock.currentTimeMillis)
})

/** The job at the next moment at which there may be something new; earlier when there is news in this process. */
const nextSight = Effect.fnUntraced(function* (
  watching: Watching,
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined,
  last: Job
): Effect.fn.Return<Job, KlingError> {
  const now = yield* Clock.currentTimeMillis
  const known = yield* knownJob(watching, id)
  const declared = operation ?? (known === undefined ? undefined : findOperation(known.record.operation))
  const usualSeconds = known?.record.usualSeconds ?? declared?.usualSeconds(declared.example) ?? 60
  if (known === undefined) {
    yield* Effect.sleep(nextLookAt(last.task.createdAt ?? now, usualSeconds, now) - now)
    return { handle: id, task: yield* watching.looks.one(id) }
  }
  const { ledger, record } = known
  const { handle, state, calledAt, lookedAt = 0 } = record
  if (isFinishedState(state)) return jobOfRecord(record)
  const reread = Effect.flatMap(
    Effect.orElseSucceed(ledger.get(handle, watching.principal), () => record),
    (latest) => jobInLine(ledger, latest)
  )
  const earlierNews = Effect.andThen(watching.alarms.next(handle), reread)
  const rereadAfter = (millis: number) => Effect.raceFirst(Effect.andThen(Effect.sleep(millis), reread), earlierNews)
  if (yield* isKnownHere(watching, record)) return yield* rereadAfter(rereadMillis.unsent)
  // A time far ahead stands for a clock that was set back.
  if (calledAt !== undefined && Math.abs(now - Math.max(calledAt, lookedAt)) < calledLookMillis) {
    return yield* rereadAfter(rereadMillis.called)
  }
  const since = record.sentAt ?? record.createdAt
  const at = calledAt === undefined ? nextLookAt(since, usualSeconds, now, poller.followed()) : now
  return yield* Effect.raceFirst(poller.seeAt(ledger, record, at), earlierNews)
})
