import { isFinished, KlingError, expectedSecondsOf } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { type Job, Jobs, receiptOfJob } from "@klingkit/jobs"
import { describeQueuePosition, stepFailure } from "@klingkit/jobs/internal"
import { Cause, Clock, Duration, Effect, Ref, Stream } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError, failureOf, interrupted } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { taskView } from "../output/task-view.ts"

/** Follows a task until it finishes, with a live line on a terminal. Fails when the task has failed. */
export const waitForTask = Effect.fnUntraced(function* (
  id: string,
  options: {
    readonly timeout: Duration.Duration
    readonly submitted?: Job
    /** How much of the timeout is already spent. */
    readonly spent?: Duration.Duration
  }
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const plan = options.submitted?.plan
  const expectedSeconds = plan?.operation.expectedSeconds(plan.input) ?? expectedSecondsOf(id)
  const latest = yield* Ref.make(options.submitted)

  const watch = Effect.gen(function* () {
    // Following continues through failed polls, so the first read must report a wrong id or a dead network.
    if (options.submitted === undefined) yield* Effect.flatMap(jobs.status(id), (job) => Ref.set(latest, job))
    yield* jobs.follow(id, plan?.operation).pipe(Stream.runForEach((job) => Ref.set(latest, job)))
  })
  yield* Effect.raceFirst(watch, showProgress(latest, expectedSeconds)).pipe(
    Effect.timeoutOption(Duration.subtract(options.timeout, options.spent ?? Duration.zero)),
    Effect.onInterrupt(() =>
      Effect.flatMap(Ref.get(latest), (job) =>
        output.fail(
          interrupted(job?.pipeline === undefined ? { handle: id, isAccepted: true } : { pipeline: job.handle })
        )
      )
    )
  )

  const job = yield* Ref.get(latest)
  if (job === undefined || !isFinished(job.task)) return yield* stillRunning(id, job, options.timeout)
  if (job.task.status === "failed") return yield* taskFailed(job)
  return job
})

const showProgress = Effect.fnUntraced(function* (
  latest: Ref.Ref<Job | undefined>,
  expectedSeconds: number | undefined
) {
  const output = yield* Output
  const startedAt = yield* Clock.currentTimeMillis
  const expected = expectedSeconds === undefined ? "" : ` of about ${expectedSeconds} s`
  const line = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { task, queuePosition } = (yield* Ref.get(latest)) ?? {}
    const created = task?.createdAt ?? startedAt
    // Guards against clock skew between this machine and Kling.
    const since = created <= now && now - created < 86_400_000 ? created : startedAt
    const state = queuePosition === undefined ? (task?.status ?? "connecting") : describeQueuePosition(queuePosition)
    yield* output.live(`${state}, ${Math.floor((now - since) / 1000)} s${expected}`)
    yield* Effect.sleep("1 second")
  })
  return yield* Effect.forever(line)
})

/** The wait has ended, the task has not. */
export const stillRunning = (id: string, job: Job | undefined, timeout: Duration.Duration) => {
  const state =
    job?.queuePosition === undefined ? (job?.task.status ?? "status unknown") : describeQueuePosition(job.queuePosition)
  return new CommandError({
    failure: {
      code: "CLI_STILL_RUNNING",
      message: `task ${sanitizeText(id, 80)} has not finished within ${Duration.format(timeout)}: ${state}`,
      handle: id,
      suggestion: `${whatNow(job)}: klingkit task wait ${sanitizeText(id, 80)}`,
      charged: "maybe",
      exitCode: exitCode.stillRunning,
      ...(job === undefined ? {} : { task: taskView(job) })
    }
  })
}

const whatNow = (job: Job | undefined): string => {
  if (job?.pipeline !== undefined) return "its current step keeps running; continue with"
  if (job?.queuePosition !== undefined) return "it was not sent yet; within an hour, send it and wait for it with"
  return "it keeps running; wait for it with"
}

const taskFailed = (job: Job) => {
  const step = stepFailure(job)
  if (step !== undefined) {
    return new CommandError({ failure: { ...failureOf(Cause.fail(step)), task: taskView(job) } })
  }
  const error = new KlingError({
    reason: { _tag: "TaskFailed", taskId: job.handle, detail: job.task.message ?? "" },
    billed: true
  })
  const { charges } = job.task
  const charged = charges.length === 0 ? "maybe" : charges.some(({ amount }) => amount > 0) ? "yes" : "no"
  return new CommandError({
    failure: { ...failureOf(Cause.fail(error)), charged, receipt: receiptOfJob(job), task: taskView(job) }
  })
}
