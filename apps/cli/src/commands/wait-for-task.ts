import { type AnyOperation, catalog, familyOfHandle, isFinished, KlingError, untrustedText } from "@klingkit/core"
import { type Job, Jobs } from "@klingkit/jobs"
import { Cause, Clock, Duration, Effect, Ref, Stream } from "effect"
import { exitCode } from "../output/exit-code.ts"
import { CommandError, failureOf, interrupted } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { taskView } from "../output/task-view.ts"

/** Follows a task until it has ended, with a live line on a terminal. A failed task is a failure here. */
export const waitForTask = Effect.fnUntraced(function* (
  id: string,
  options: { readonly timeout: Duration.Duration; readonly operation?: AnyOperation }
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const operation = options.operation ?? operationOf(id)
  const latest = yield* Ref.make<Job | undefined>(undefined)

  const follow = jobs.follow(id, operation).pipe(Stream.runForEach((job) => Ref.set(latest, job)))
  yield* Effect.raceFirst(follow, showProgress(latest, operation)).pipe(
    Effect.timeoutOption(options.timeout),
    Effect.onInterrupt(() => output.fail(interrupted(id)))
  )

  const job = yield* Ref.get(latest)
  if (job === undefined || !isFinished(job.task)) return yield* stillRunning(id, job, options.timeout)
  if (job.task.status === "failed") return yield* taskFailed(job)
  return job
})

/** A handle names its family, so its usual time is known without asking. */
const operationOf = (id: string): AnyOperation | undefined => {
  const family = familyOfHandle(id)
  return catalog.find((one) => one.kind === "create" && one.family === family)
}

const showProgress = Effect.fnUntraced(function* (latest: Ref.Ref<Job | undefined>, operation?: AnyOperation) {
  const output = yield* Output
  const began = yield* Clock.currentTimeMillis
  const expected = operation === undefined ? "" : ` of about ${operation.usualSeconds({})} s`
  const line = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const task = (yield* Ref.get(latest))?.task
    const created = task?.createdAt ?? began
    // A clock that differs from Kling's must not show an absurd time.
    const since = created <= now && now - created < 86_400_000 ? created : began
    yield* output.live(`${task?.status ?? "asking"}, ${Math.floor((now - since) / 1000)} s${expected}`)
    yield* Effect.sleep("1 second")
  })
  return yield* Effect.forever(line)
})

const stillRunning = (id: string, job: Job | undefined, timeout: Duration.Duration) =>
  new CommandError({
    failure: {
      code: "CLI_STILL_RUNNING",
      message: `task ${untrustedText(id, 80)} has not ended within ${Duration.format(timeout)}: ${job?.task.status ?? "unseen"}`,
      suggestion: `it goes on; wait for it with: klingkit task wait ${untrustedText(id, 80)}`,
      charged: "maybe",
      exitCode: exitCode.stillRunning,
      ...(job === undefined ? {} : { task: taskView(job) })
    }
  })

const taskFailed = (job: Job) => {
  const error = new KlingError({
    reason: { _tag: "TaskFailed", taskId: job.handle, detail: job.task.message ?? "" },
    billed: true
  })
  return new CommandError({ failure: { ...failureOf(Cause.fail(error)), task: taskView(job) } })
}
