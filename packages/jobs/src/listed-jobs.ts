import { type KlingError, type Task } from "@klingkit/core"
import { Effect, Stream } from "effect"
import type { Job } from "./job.ts"
import { Downloads } from "./downloads.ts"
import type { JobRecord } from "./ledger/job-record.ts"
import { Ledger } from "./ledger/ledger.ts"
import { JobsSettings } from "./settings.ts"

/**
 * Tasks of Kling's list with what the ledger has of them, under their handles. Kling also lists what it has made for a call whose
 * answer names no task, such as the search for faces: that is found by what the answer does name.
 */
export const listedJobs = (tasks: Stream.Stream<Task, KlingError>) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const downloads = yield* Downloads
      const answered = yield* Effect.cached(answeredCalls)
      return tasks.pipe(
        Stream.mapEffect(
          Effect.fnUntraced(function* (task: Task): Effect.fn.Return<Job, never, Ledger | JobsSettings> {
            const job = yield* downloads.withRecord({ handle: task.externalId ?? task.id, task })
            const record =
              job.record ??
              (task.externalId === undefined ? (yield* answered).find((call) => isOfAnswer(task, call)) : undefined)
            return record === undefined ? job : { ...job, handle: record.handle, record }
          })
        )
      )
    })
  )

/** The latest calls that were answered without a task. */
const answeredCalls = Effect.gen(function* () {
  const { principal } = yield* JobsSettings
  const ledger = yield* Ledger
  const { jobs } = yield* ledger.list({
    principal,
    states: ["SUCCEEDED", "FETCHED"],
    isWithoutTaskId: true,
    limit: 500
  })
  return jobs
}).pipe(Effect.orElseSucceed((): ReadonlyArray<JobRecord> => []))

/** A session has the id of its task; a face has its image. */
const isOfAnswer = ({ id, outputs }: Task, { answer = "" }: JobRecord): boolean =>
  [id, ...outputs.flatMap((output) => ("url" in output ? (output.url ?? []) : []))].some((name) =>
    answer.includes(JSON.stringify(name))
  )
