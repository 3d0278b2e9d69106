import { isFinished } from "@klingkit/core"
import { describePlace, type Job, Jobs } from "@klingkit/jobs"
import { Clock, Effect, Option, Ref, Stream } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { Progress } from "../progress.ts"
import { previewWanted, seenFacts, seenResult } from "../results/seen-result.ts"
import { defineTool } from "../tool.ts"

/** Some hosts end every call after 60 s, whatever it reports in between. */
const longestSeconds = 45
const usualSeconds = 40

export const waitForTask = defineTool({
  name: "wait_for_task",
  title: "Wait for task",
  description:
    "Wait until a task has ended, then give its state and result URLs. Free. If it still runs at the timeout, call again.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    task_id: taskId,
    timeout_seconds: z.int().min(1).max(longestSeconds).optional().describe(`Default ${usualSeconds}`),
    preview: previewWanted
  }),
  output: seenFacts,
  run: Effect.fnUntraced(function* ({ task_id, timeout_seconds = usualSeconds, preview }) {
    const jobs = yield* Jobs
    const tell = yield* Progress
    const started = yield* Clock.currentTimeMillis
    const lastLook = yield* Ref.make(Option.none<Job>())
    yield* jobs.follow(task_id).pipe(
      Stream.runForEach((job) =>
        Effect.andThen(
          Ref.set(lastLook, Option.some(job)),
          tell(`Task is ${job.place === undefined ? job.task.status : describePlace(job.place)}`)
        )
      ),
      Effect.timeoutOption(`${timeout_seconds} seconds`)
    )
    const seen = yield* Ref.get(lastLook)
    // Looks that fail in passing are left out while following; a last one says why nothing could be seen.
    const job = Option.isSome(seen) ? seen.value : yield* jobs.status(task_id)
    const result = yield* seenResult(job, preview)
    if (isFinished(job.task)) return result
    const waited = Math.round(((yield* Clock.currentTimeMillis) - started) / 1000)
    return { ...result, lines: [...result.lines, `Waited ${waited} s; the task goes on, whether or not anyone waits.`] }
  })
})
