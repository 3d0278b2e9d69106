import { isFinished, maxUsd } from "@klingkit/core"
import { isPipeline } from "@klingkit/core/requests"
import { type Job, Jobs } from "@klingkit/jobs"
import { currentJob } from "@klingkit/jobs/internal"
import { type Cause, Duration, Effect, FileSystem, Option, Path, Schedule, Stream } from "effect"
import type { destinationOf } from "../destination.ts"
import { isUnanswered } from "../run-plan.ts"
import { type Failure, failureOf } from "../../output/failure.ts"
import { taskView } from "../../output/task-view.ts"
import type { Line } from "./plan-line.ts"
import { savedFilesOf, saveResults } from "./save-results.ts"

export interface LineFlags {
  readonly wait: boolean
  readonly timeout: Duration.Duration
  readonly output: Option.Option<string>
  readonly force: boolean
  readonly yes: boolean
}

/** The outcome of a line. */
export interface LineResult {
  readonly id: string
  readonly status: string
  readonly handle?: string
  readonly files?: ReadonlyArray<string>
  readonly failure?: Failure
  /** Kling's message about a failed task. */
  readonly message?: string
  readonly task?: unknown
  /** Kling had not answered at the end of the timeout. */
  readonly isUnanswered?: boolean
}

/** Submits a line or finds its earlier job; waits and downloads as the flags say. A failure stays in its result. */
export const runLine = (line: Line, flags: LineFlags): Effect.Effect<LineResult, never, Jobs | DestinationNeeds> =>
  Effect.gen(function* () {
    const [spent, submitted] = yield* Effect.timed(submitOnce(line, flags))
    const timeout = Duration.subtract(flags.timeout, spent)
    return yield* Effect.catchCause(finish(line, { ...flags, timeout }, submitted), (cause) =>
      failedLine(line, cause, submitted)
    )
  }).pipe(Effect.catchCause((cause) => failedLine(line, cause)))

const failedLine = ({ id }: Line, cause: Cause.Cause<unknown>, submitted?: Job): Effect.Effect<LineResult> => {
  const failure = failureOf(cause)
  const handle = submitted?.handle ?? failure.handle
  return Effect.succeed({ id, status: "failed", failure, ...(handle === undefined ? {} : { handle }) })
}

/** Waits for a line's job and downloads its results, as the flags say. */
const finish = (
  line: Line,
  flags: LineFlags,
  submitted: Job
): Effect.Effect<LineResult, unknown, Jobs | DestinationNeeds> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const output = Option.match(line.output, {
      onNone: () => flags.output,
      onSome: (own) =>
        Option.some(Option.match(flags.output, { onNone: () => own, onSome: (base) => path.join(base, own) }))
    })
    // The later steps of a pipeline are sent by this process, so it stays until they are.
    if (!flags.wait && Option.isNone(output) && !isPipeline(line.plan)) return resultOf(line, submitted)
    const job = yield* ended(line, submitted).pipe(
      Effect.timeoutOption(flags.timeout),
      Effect.map(Option.getOrElse(() => submitted))
    )
    // Orphaned by a process that died before it sent the request: send it now.
    if (submitted.isDuplicate === true && wasNeverSent(job)) return yield* runLine(line, flags)
    if (!isFinished(job.task) || job.task.status === "failed" || Option.isNone(output)) return resultOf(line, job)
    const fs = yield* FileSystem.FileSystem
    const saved = submitted.isDuplicate === true ? yield* savedFilesOf(job) : []
    const exist = yield* Effect.forEach(saved, (file) => Effect.orElseSucceed(fs.exists(file), () => false))
    if (saved.length > 0 && exist.every(Boolean)) return resultOf(line, job, saved)
    return resultOf(line, job, yield* saveResults(job, output, flags.force))
  })

/** The job once it has ended. That of a synchronous call cannot be followed: whichever process made it ends it. */
const ended = Effect.fnUntraced(function* ({ plan }: Line, submitted: Job) {
  const jobs = yield* Jobs
  if (isFinished(submitted.task) || submitted.task.status === "unknown") return submitted
  if (!isPipeline(plan) && plan.operation.kind !== "create") {
    return yield* jobs.status(submitted.handle).pipe(
      Effect.repeat({
        schedule: Schedule.spaced("1 second"),
        until: ({ task }) => isFinished(task) || task.status === "unknown"
      })
    )
  }
  const last = yield* jobs.follow(submitted.handle, isPipeline(plan) ? undefined : plan.operation).pipe(Stream.runLast)
  return Option.getOrElse(last, () => submitted)
})

type DestinationNeeds = Effect.Services<ReturnType<typeof destinationOf>>

/** A refused request was not charged, so a new run submits it again under the next key. */
const submitOnce = Effect.fnUntraced(function* ({ key, plan, raw }: Line, { yes, timeout }: LineFlags) {
  const jobs = yield* Jobs
  for (let attempt = 1; ; attempt++) {
    const result = yield* jobs.run(plan, {
      answerWithin: timeout,
      // The total was approved as a whole; a line without a known price is not part of it.
      isApproved: yes || maxUsd(plan.quote) !== undefined,
      idempotencyKey: `${key} ${attempt}`,
      dedupeBy: raw
    })
    const job: Job = yield* currentJob(result)
    if (job.isDuplicate !== true || job.record?.state !== "REFUSED") return job
  }
})

const wasNeverSent = ({ record }: Job): boolean => record?.state === "REFUSED" && record.sends === 0

const resultOf = ({ id }: Line, job: Job, files?: ReadonlyArray<string>): LineResult => ({
  id,
  status: job.task.status,
  handle: job.handle,
  task: taskView(job),
  ...(isUnanswered(job) ? { isUnanswered: true } : {}),
  ...(job.task.message === undefined ? {} : { message: job.task.message }),
  ...(files === undefined ? {} : { files })
})
