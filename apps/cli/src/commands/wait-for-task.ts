import { isFinished, KlingError, expectedSecondsOf } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { type Job, Jobs, type LedgerError, receiptOfJob } from "@klingkit/jobs"
import { describeQueuePosition, stepFailure } from "@klingkit/jobs/internal"
import { Cause, Clock, Duration, Effect, Ref, Stream } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { aboutJob, CommandError, type Failure, failureOf } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { taskView } from "../output/task-view.ts"
import { type Deadline, timeLeft } from "./deadline.ts"

/** Follows a task until it finishes, with a live line on a terminal. Fails when the task has failed. */
export const waitForTask = Effect.fnUntraced(function* (
  id: string,
  options: {
    readonly deadline: Deadline
    readonly submitted?: Job
  }
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const plan = options.submitted?.plan
  const expectedSeconds = plan?.operation.expectedSeconds(plan.input) ?? expectedSecondsOf(id)
  const latest = yield* Ref.make(options.submitted)

  const watch = Effect.gen(function* () {
    // Following continues through failed polls, so the first read must report a wrong id.
    if (options.submitted === undefined) {
      yield* jobs.status(id).pipe(
        Effect.flatMap((job) => Ref.set(latest, job)),
        Effect.catchIf(isOfJob, () => Effect.void)
      )
    }
    yield* jobs.follow(id, plan?.operation).pipe(
      Stream.tap((job) => Ref.set(latest, job)),
      Stream.map(({ unread }) => unread),
      Stream.changes,
      Stream.runForEach((unread) => (unread === undefined ? Effect.void : output.say(`Waiting on: ${unread}`)))
    )
  }).pipe(Effect.catchIf(isUnread, (error) => Effect.flatMap(Ref.get(latest), (job) => unreadable(error, job))))
  yield* Effect.raceFirst(watch, showProgress(latest, expectedSeconds)).pipe(
    Effect.timeoutOption(yield* timeLeft(options.deadline))
  )

  const job = yield* Ref.get(latest)
  if (job === undefined || !isFinished(job.task)) return yield* stillRunning(id, job, options.deadline)
  if (job.task.status === "failed") return yield* taskFailed(job)
  return job
})

/** Of a job that this ledger has, or another one: only the wait itself tells whether it can end. */
const isOfJob = (error: KlingError | LedgerError): boolean => error._tag === "KlingError" && error.job !== undefined

/** Kling's answers about the task could not be read, which says nothing about the task: it runs on. */
const isUnread = (error: KlingError | LedgerError): error is KlingError =>
  error._tag === "KlingError" && error.job !== undefined && !settled.has(error.reason._tag)

/** Failures with an exit code of their own: nothing can be read before they are fixed, or the user decides. */
const settled: ReadonlySet<string> = new Set([
  "InvalidInput",
  "MissingCredentials",
  "UnusableCredentials",
  "SubmissionUnknown"
])

const unreadable = (error: KlingError, job: Job | undefined) =>
  new CommandError({
    failure: {
      ...failureOf(Cause.fail(error)),
      exitCode: exitCode.stillRunning,
      ...(job === undefined ? {} : { task: taskView(job) })
    }
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
export const stillRunning = (id: string, job: Job | undefined, { timeout }: Deadline) => {
  const state =
    job?.queuePosition === undefined ? (job?.task.status ?? "status unknown") : describeQueuePosition(job.queuePosition)
  const unread = job?.unread === undefined ? "" : `; Kling's latest answer could not be read: ${job.unread}`
  const failure: Failure = {
    code: "CLI_STILL_RUNNING",
    message: `task ${sanitizeText(id, 80)} has not finished within ${Duration.format(timeout)}: ${state}${unread}`,
    handle: id,
    suggestion: `${whatNow(job)}: klingkit task wait ${sanitizeText(id, 80)}`,
    charged: "maybe",
    exitCode: exitCode.stillRunning
  }
  return new CommandError({ failure: job === undefined ? failure : { ...aboutJob(failure, job), task: taskView(job) } })
}

const whatNow = (job: Job | undefined): string => {
  if (job?.pipeline !== undefined) return "its current step keeps running; continue with"
  if (job?.queuePosition !== undefined) return "it was not sent yet; within an hour, send it and wait for it with"
  return "it keeps running; wait for it with"
}

/** The task has ended without a result. */
export const taskFailed = (job: Job) => {
  const step = stepFailure(job)
  if (step !== undefined) {
    return new CommandError({ failure: { ...aboutJob(failureOf(Cause.fail(step)), job), task: taskView(job) } })
  }
  const error = new KlingError({
    reason: { _tag: "TaskFailed", taskId: job.handle, detail: job.task.message ?? "" },
    billed: true
  })
  const failure = aboutJob(failureOf(Cause.fail(error)), job)
  return new CommandError({ failure: { ...failure, receipt: receiptOfJob(job), task: taskView(job) } })
}
