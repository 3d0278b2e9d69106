import { familyOfHandle, Kling, KlingError } from "@klingkit/core"
import { Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import { Ledger } from "../ledger/ledger.ts"
import { JobsSettings } from "../settings.ts"

/** One page of Kling's list; older results are found by the id of their task only. */
const maxRecentTasks = 500

/**
 * Finds a job by the id of one of its results: Kling's answers and console show the id of a video beside that of its task,
 * and users copy either. Searches the ledger first, then the latest tasks at Kling.
 */
export const findByResult = Effect.fnUntraced(function* (
  id: string
): Effect.fn.Return<Job, KlingError, Kling | Ledger | JobsSettings> {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const { principal, sharesAccount = false } = yield* JobsSettings
  const notFound = new KlingError({ reason: { _tag: "TaskNotFound", taskId: id } })
  if (familyOfHandle(id) !== undefined || !/^[\w-]{8,80}$/.test(id)) return yield* notFound
  const found = yield* Effect.option(ledger.list({ principal, result: id, limit: 1 }))
  const record = Option.isSome(found) ? found.value.jobs[0] : undefined
  if (record !== undefined) return jobOfRecord(record)
  if (sharesAccount) return yield* notFound
  const task = yield* kling.tasks({ status: "succeed", pageSize: maxRecentTasks }).pipe(
    Stream.take(maxRecentTasks),
    Stream.filter(({ outputs }) => outputs.some((output) => "id" in output && output.id === id)),
    Stream.runHead
  )
  return yield* Option.match(task, {
    onNone: () => Effect.fail(notFound),
    onSome: (found) => Effect.succeed({ handle: found.externalId ?? found.id, task: found })
  })
})
