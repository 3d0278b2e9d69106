import { isFinished } from "@klingkit/core"
import { type Job, Jobs } from "@klingkit/jobs"
import { describeQueuePosition, notFinished } from "@klingkit/jobs/internal"
import { Clock, Duration, Effect, Option, Ref, Stream } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { Progress } from "../progress.ts"
import { previewArgument, statusSchema, statusResult } from "../results/status-result.ts"
import { defineTool } from "../tool.ts"

/** Some hosts end every call after 60 s, regardless of progress. */
const longestSeconds = 45
const defaultSeconds = 40
/** For a last read, where nothing was shown until then; the shortest timeouts are extended to it. */
const lastReadSeconds = 5

export const waitForTask = defineTool({
  name: "wait_for_task",
  title: "Wait for task",
  description: "Wait for a task; then its status and result URLs. Free. If it is still running, call again.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    task_id: taskId,
    timeout_seconds: z.int().min(1).max(longestSeconds).optional().describe(`Default ${defaultSeconds}`),
    preview: previewArgument
  }),
  output: statusSchema,
  run: Effect.fnUntraced(function* ({ task_id, timeout_seconds = defaultSeconds, preview }) {
    const jobs = yield* Jobs
    const report = yield* Progress
    const started = yield* Clock.currentTimeMillis
    const elapsed = Effect.map(Clock.currentTimeMillis, (now) => now - started)
    const timeLeft = (seconds: number = timeout_seconds) =>
      Effect.map(elapsed, (millis) => Duration.millis(Math.max(0, seconds * 1000 - millis)))
    const lastJob = yield* Ref.make(Option.none<Job>())
    const following = jobs
      .follow(task_id)
      .pipe(
        Stream.runForEach((job) =>
          Effect.andThen(
            Ref.set(lastJob, Option.some(job)),
            report(
              `Task is ${job.queuePosition === undefined ? job.task.status : describeQueuePosition(job.queuePosition)}`
            )
          )
        )
      )
    const silence = Duration.seconds(timeout_seconds - Math.min(lastReadSeconds, timeout_seconds / 2))
    const silent = Effect.delay(
      Effect.flatMap(Ref.get(lastJob), Option.match({ onNone: () => Effect.void, onSome: () => Effect.never })),
      silence
    )
    yield* Effect.raceFirst(following, silent).pipe(Effect.timeoutOption(yield* timeLeft()))
    const last = yield* Ref.get(lastJob)
    // Polls of tasks that the ledger does not have are skipped when they fail; a last status read reports why none succeeded.
    const job = Option.isSome(last)
      ? last.value
      : yield* readOnce(jobs, task_id, yield* timeLeft(Math.max(timeout_seconds, lastReadSeconds)))
    const result = yield* statusResult(job, preview, yield* timeLeft())
    if (isFinished(job.task)) return result
    const waited = Math.round((yield* elapsed) / 1000)
    return {
      ...result,
      lines: [...result.lines, `Waited ${waited} s; the task keeps running on its own, and Kling cannot cancel it.`]
    }
  })
})

const readOnce = (jobs: Jobs["Service"], id: string, timeLeft: Duration.Duration) =>
  jobs.status(id).pipe(
    Effect.timeoutOrElse({
      duration: timeLeft,
      orElse: () => notFinished(id, undefined)
    })
  )
