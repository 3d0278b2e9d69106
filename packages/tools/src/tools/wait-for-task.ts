import { isFinished } from "@klingkit/core"
import { type Job, waitForJob, waitForJobs } from "@klingkit/jobs"
import { describeQueuePosition } from "@klingkit/jobs/internal"
import { Clock, Duration, Effect, Ref, Result } from "effect"
import * as z from "zod"
import { type AskedTasks, askedTasks, leftOutLines, taskIdArguments } from "../inputs/task-ids.ts"
import { Progress } from "../progress.ts"
import { Stopping } from "../stopping.ts"
import { drawPreview, previewArgument, statusSchema, statusResult } from "../results/status-result.ts"
import { sharedFailure, shownTask, tasksSchema, withinBudget } from "../results/tasks-result.ts"
import { defineTool } from "../tool.ts"

/** Some hosts end every call after 60 s, regardless of progress. */
const longestSeconds = 45
const defaultSeconds = 40
/** Another server of the same ledger, or this one when it is back, continues. */
const stoppingText = "This server is being restarted: call wait_for_task again."
/** All takes of one call; hosts show no more than a megabyte of a result. */
const mostPreviews = 4

export const waitForTask = defineTool({
  name: "wait_for_task",
  title: "Wait for task",
  description: "Wait for tasks; then their status and result URLs. Free. If one is still running, call again.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    ...taskIdArguments,
    timeout_seconds: z.int().min(1).max(longestSeconds).optional().describe(`Default ${defaultSeconds}`),
    preview: previewArgument
  }),
  output: statusSchema.partial().extend(tasksSchema),
  run: Effect.fnUntraced(function* ({ task_id, task_ids, timeout_seconds = defaultSeconds, preview }) {
    const startedAt = yield* Clock.currentTimeMillis
    const asked = yield* askedTasks({ task_id, task_ids })
    return yield* asked.one === undefined
      ? waitForMany(asked, timeout_seconds, startedAt, preview)
      : waitForOne(asked.one, timeout_seconds, startedAt, preview)
  })
})

const waitForOne = Effect.fnUntraced(function* (
  id: string,
  timeoutSeconds: number,
  startedAt: number,
  preview: boolean | undefined
) {
  const report = yield* Progress
  const elapsedMillis = Effect.map(Clock.currentTimeMillis, (now) => now - startedAt)
  const stopping = yield* stoppingOnce
  const job = yield* waitForJob(id, {
    timeoutSeconds,
    until: stopping.ends,
    onPoll: ({ task, queuePosition }) =>
      report(`Task is ${queuePosition === undefined ? task.status : describeQueuePosition(queuePosition)}`)
  })
  const timeLeft = Duration.millis(Math.max(0, timeoutSeconds * 1000 - (yield* elapsedMillis)))
  const result = yield* statusResult(job, preview, timeLeft)
  if (isFinished(job.task)) return result
  const waited = Math.round((yield* elapsedMillis) / 1000)
  return {
    ...result,
    lines: [
      ...result.lines,
      `Waited ${waited} s; the task keeps running on its own, and Kling cannot cancel it.`,
      ...(yield* stopping.lines)
    ]
  }
})

/** When the server is about to stop, and then the line that says so. */
const stoppingOnce = Effect.gen(function* () {
  const stopped = yield* Ref.make(false)
  return {
    ends: Effect.andThen(yield* Stopping, Ref.set(stopped, true)),
    lines: Effect.map(Ref.get(stopped), (isStopping) => (isStopping ? [stoppingText] : []))
  }
})

const waitForMany = Effect.fnUntraced(function* (
  { ids, unsaved }: AskedTasks,
  timeoutSeconds: number,
  startedAt: number,
  preview = false
) {
  const report = yield* Progress
  const ended = new Set<string>()
  const stopping = yield* stoppingOnce
  // To find what is not saved may have taken a while.
  const elapsedSeconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1000
  const awaited = yield* waitForJobs(ids, {
    timeoutSeconds: Math.max(1, timeoutSeconds - elapsedSeconds),
    until: stopping.ends,
    onPoll: ({ handle, task }) => {
      if (isFinished(task)) ended.add(handle)
      return report(`${ended.size} of ${ids.length} tasks have finished`)
    }
  })
  const failure = sharedFailure(awaited.map(({ result }) => result))
  if (failure !== undefined) return yield* failure
  const running = awaited.filter(({ result }) => Result.isSuccess(result) && !isFinished(result.success.task)).length
  const unread = awaited.filter(({ result }) => Result.isFailure(result)).length
  const { tasks, lines, links } = withinBudget(awaited.map(({ id, result }) => shownTask(id, result)))
  const next =
    running > 0
      ? `Call wait_for_task again with ${unsaved === undefined ? "the same task_ids" : 'task_ids ["unsaved"]'}: what runs keeps running on its own.`
      : links.length > 0
        ? `Call download_task with ${unsaved === undefined ? "these task_ids" : 'task_ids ["unsaved"]'} to save the files.`
        : "Nothing to download."
  const previews = preview
    ? yield* drawPreviews(
        awaited.flatMap(({ id, result }) => (Result.isSuccess(result) ? [{ id, job: result.success }] : [])),
        startedAt + timeoutSeconds * 1000
      )
    : { images: [], lines: [] }
  return {
    structured: { tasks, next },
    links,
    images: previews.images,
    lines: [
      awaited.length === 0
        ? "No task runs, and all results of the last 30 days are saved."
        : `${awaited.length - running - unread} of ${awaited.length} tasks have ended${unread === 0 ? "" : `, ${unread} could not be read`}.`,
      ...lines,
      ...previews.lines,
      ...leftOutLines(unsaved),
      ...(running > 0 ? yield* stopping.lines : []),
      `Next: ${next}`
    ]
  }
})

/** Previews of the first of several tasks, each with a line that names its task. */
const drawPreviews = Effect.fnUntraced(function* (
  all: ReadonlyArray<{ readonly id: string; readonly job: Job }>,
  until: number
) {
  const drawn = yield* Effect.forEach(all.slice(0, mostPreviews), ({ id, job }) =>
    Effect.gen(function* () {
      const millisLeft = Math.max(0, until - (yield* Clock.currentTimeMillis))
      return { id, ...(yield* drawPreview(job, Duration.millis(millisLeft))) }
    })
  )
  return {
    images: drawn.flatMap(({ images }) => images),
    lines: [
      ...drawn.map(({ id, text }) => `Preview of ${id}: ${text}`),
      ...(all.length > mostPreviews
        ? [`Previews: of the first ${mostPreviews} only; ask for the others by themselves.`]
        : [])
    ]
  }
})
