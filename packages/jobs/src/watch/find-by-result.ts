import { familyOfHandle, type Kling, KlingError } from "@klingkit/core"
import { Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { Ledger } from "../ledger/ledger.ts"

/** One page of Kling's list; older results are named by their task. */
const mostRecent = 500

/**
 * The job that made a result, by the result's own id: Kling's answers and console show a clip's id beside its task's, and
 * people copy either. The ledger knows its own; else the latest tasks at Kling are looked through.
 */
export const findByResult = Effect.fnUntraced(function* (
  ledger: Effect.Effect<Option.Option<Ledger["Service"]>>,
  kling: Kling["Service"],
  principal: string,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const notFound = new KlingError({ reason: { _tag: "TaskNotFound", taskId: id } })
  if (familyOfHandle(id) !== undefined || !/^[\w-]{8,80}$/.test(id)) return yield* notFound
  const known = yield* ledger
  if (Option.isSome(known)) {
    const found = yield* Effect.option(known.value.list({ principal, result: id, limit: 1 }))
    const record = Option.isSome(found) ? found.value.jobs[0] : undefined
    if (record !== undefined) return jobOfRecord(record)
  }
  const task = yield* kling.tasks({ status: "succeed", pageSize: mostRecent }).pipe(
    Stream.take(mostRecent),
    Stream.filter(({ outputs }) => outputs.some((output) => "id" in output && output.id === id)),
    Stream.runHead
  )
  return yield* Option.match(task, {
    onNone: () => Effect.fail(notFound),
    onSome: (made) => Effect.succeed({ handle: made.externalId ?? made.id, task: made })
  })
})
