import { isFinished, KlingError, untrustedText, usualSecondsOf } from "@klingkit/core"
import { describePlace, type Job, Jobs, receiptOfJob, stepFailure } from "@klingkit/jobs"
import { Cause, Clock, Duration, Effect, Ref, Stream } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError, failureOf, interrupted } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { taskView } from "../output/task-view.ts"

/** Follows a task until it has ended, with a live line on a terminal. A failed task is a failure here. */
export const waitForTask = Effect.fnUntraced(function* (
  id: string,
  options: { readonly timeout: Duration.Duration; readonly submitted?: Job }
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const plan = options.submitted?.plan
  const usualSeconds = plan?.operation.usualSeconds(plan.input) ?? usualSecondsOf(id)
  const latest = yield* Ref.make(options.submitted)

  const watch = Effect.gen(function* () {
    // Following goes on through failed looks, so a wrong id or a dead network must show at the first one.
    if (options.submitted === undefined) yield* Effect.flatMap(jobs.status(id), (job) => Ref.set(latest, job))
    yield* jobs.follow(id, plan?.operation).pipe(Stream.runForEach((job) => Ref.set(latest, job)))
  })
  yield* Effect.raceFirst(watch, showProgress(latest, usualSeconds)).pipe(
    Effect.timeoutOption(options.timeout),
    Effect.onInterrupt(() =>
      Effect.flatMap(Ref.get(latest), (job) =>
        output.fail(interrupted(job?.chain === undefined ? { handle: id, isAccepted: true } : { chain: job.handle }))
      )
    )
  )

  const job = yield* Ref.get(latest)
  if (job === undefined || !isFinished(job.task)) return yield* stillRunning(id, job, options.timeout)
  if (job.task.status === "failed") return yield* taskFailed(job)
  return job
})

const showProgress = Effect.fnUntraced(function* (latest: Ref.Ref<Job | undefined>, usualSeconds: number | undefined) {
  const output = yield* Output
  const began = yield* Clock.currentTimeMillis
  const expected = usualSeconds === undefined ? "" : ` of about ${usualSeconds} s`
  const line = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { task, place } = (yield* Ref.get(latest)) ?? {}
    const created = task?.createdAt ?? began
    // A clock that differs from Kling's must not show an absurd time.
    const since = created <= now && now - created < 86_400_000 ? created : began
    const standing = place === undefined ? (task?.status ?? "asking") : describePlace(place)
    yield* output.live(`${standing}, ${Math.floor((now - since) / 1000)} s${expected}`)
    yield* Effect.sleep("1 second")
  })
  return yield* Effect.forever(line)
})

const stillRunning = (id: string, job: Job | undefined, timeout: Duration.Duration) =>
  new CommandError({
    failure: {
      code: "CLI_STILL_RUNNING",
      message: `task ${untrustedText(id, 80)} has not ended within ${Duration.format(timeout)}: ${job?.task.status ?? "unseen"}`,
      handle: id,
      suggestion: `${job?.chain === undefined ? "it goes on; wait for it with" : "the step at Kling goes on; go on with the next ones with"}: klingkit task wait ${untrustedText(id, 80)}`,
      charged: "maybe",
      exitCode: exitCode.stillRunning,
      ...(job === undefined ? {} : { task: taskView(job) })
    }
  })

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
