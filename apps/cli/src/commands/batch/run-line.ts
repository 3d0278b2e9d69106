import { isFinished, type JobMoney, maxUsd } from "@klingkit/core"
import { isPipeline } from "@klingkit/core/requests"
import { type Job, JobError, Jobs, moneyOfJob } from "@klingkit/jobs"
import { currentJob } from "@klingkit/jobs/internal"
import { Cause, Duration, Effect, type FileSystem, Option, type Path, Schedule, Stream } from "effect"
import { type Deadline, deadlineAfter, timeLeft } from "../deadline.ts"
import { isUnanswered } from "../run-plan.ts"
import { aboutJob, type Failure, failureOf } from "../../output/failure.ts"
import { taskView } from "../../output/task-view.ts"
import { asNew, type LineToRun } from "./find-lines.ts"
import { keyOfTake } from "./line-keys.ts"
import type { LineDestination } from "./line-destination.ts"
import type { Line } from "./plan-line.ts"
import { saveResults } from "./save-results.ts"

export interface LineOptions {
  readonly wait: boolean
  /** Of the whole file; without one, each line has its own. */
  readonly deadline: Option.Option<Deadline>
  readonly force: boolean
  readonly yes: boolean
  /** Where the results are saved; undefined if they are not. */
  readonly destination: LineDestination | undefined
  /** Receives each handle before anything is sent under it, and that of a job that was found. */
  readonly onStart: (handle: string) => Effect.Effect<void>
}

/** The outcome of a line. */
export interface LineResult {
  readonly id: string
  readonly status: string
  /** Which result of the line it is, if not the first. */
  readonly take?: number
  readonly handle?: string
  readonly files?: ReadonlyArray<string>
  readonly failure?: Failure
  /** Kling's message about a failed task. */
  readonly message?: string
  readonly task?: unknown
  /** Kling had not answered at the end of the timeout. */
  readonly isUnanswered?: boolean
  /** What is known of the money of its job. */
  readonly money?: JobMoney
}

type Needs = Jobs | FileSystem.FileSystem | Path.Path

/** The time of a line where the file has none. */
const lineTimeout = Duration.minutes(30)

/** Submits a line or finds its earlier job; waits and downloads as the options say. A failure stays in its result. */
export const runLine = (toRun: LineToRun, given: LineOptions): Effect.Effect<LineResult, never, Needs> =>
  Effect.gen(function* () {
    const deadline = Option.isSome(given.deadline) ? given.deadline.value : yield* deadlineAfter(lineTimeout)
    const options = { ...given, deadline }
    // Nothing is paid after the end.
    if (Duration.isZero(yield* timeLeft(deadline))) return notStarted(toRun)
    const submitted = yield* submitOnce(toRun, options)
    yield* options.onStart(submitted.handle)
    return yield* Effect.catchCause(finish(toRun, options, submitted), (cause) => failedLine(toRun, cause, submitted))
  }).pipe(Effect.catchCause((cause) => failedLine(toRun, cause)))

/** The options of a line that has started. */
type Started = Omit<LineOptions, "deadline"> & { readonly deadline: Deadline }

const notStarted = (toRun: LineToRun): LineResult => ({
  ...nameOf(toRun),
  status: "queued",
  isUnanswered: true,
  message: "was not sent: the time of the command had ended",
  // What an earlier run has sent may have been charged.
  ...(toRun.found === undefined
    ? { money: { handle: toRun.line.id, isSent: false, isEnded: true, charged: "no" } }
    : {})
})

const failedLine = (toRun: LineToRun, cause: Cause.Cause<unknown>, submitted?: Job): Effect.Effect<LineResult> => {
  const reported = failureOf(cause)
  const failure = submitted === undefined || reported.job !== undefined ? reported : aboutJob(reported, submitted)
  const handle = submitted?.handle ?? failure.handle
  const money = failure.job === undefined ? {} : { money: failure.job }
  return Effect.succeed({
    ...nameOf(toRun),
    status: "failed",
    failure,
    ...money,
    ...(handle === undefined ? {} : { handle })
  })
}

/** Waits for a line's job and downloads its results, as the options say. */
const finish = (toRun: LineToRun, options: Started, submitted: Job): Effect.Effect<LineResult, unknown, Needs> =>
  Effect.gen(function* () {
    const { line } = toRun
    const { destination } = options
    // The later steps of a pipeline are sent by this process, so it stays until they are.
    if (!options.wait && destination === undefined && !isPipeline(line.plan)) return resultOf(toRun, submitted)
    const job = yield* ended(line, submitted).pipe(
      Effect.timeoutOption(yield* timeLeft(options.deadline)),
      Effect.map(Option.getOrElse(() => submitted))
    )
    // Orphaned by a process that died before it sent the request: send it now.
    if (submitted.isDuplicate === true && wasNeverSent(job))
      return yield* runLine(asNew(line, toRun.take), { ...options, deadline: Option.some(options.deadline) })
    if (!isFinished(job.task)) return resultOf(toRun, job)
    if (job.task.status === "failed" || destination === undefined) return resultOf(toRun, job)
    return yield* saveResults(job, destination, options).pipe(
      Effect.map((files) => resultOf(toRun, job, files)),
      // The task has succeeded, whatever the time allowed.
      Effect.catchIf(isFetchTimedOut, (error) =>
        Effect.succeed({ ...resultOf(toRun, job), failure: failureOf(Cause.fail(error)) })
      )
    )
  })

const isFetchTimedOut = (error: { readonly _tag: string }): error is JobError =>
  error instanceof JobError && error.reason._tag === "FetchTimedOut"

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

/** The job of a line: a new one, or that of an earlier run. */
const submitOnce = Effect.fnUntraced(function* (
  { line, take, key, found }: LineToRun,
  { yes, deadline, destination, onStart }: Started
) {
  const jobs = yield* Jobs
  const { plan, raw, keys } = line
  if (found !== undefined && key !== keyOfTake(keys, take)) {
    return { ...(yield* jobs.status(found.handle)), isDuplicate: true } satisfies Job
  }
  const result = yield* jobs.run(plan, {
    answerWithin: yield* timeLeft(deadline),
    // The total was approved as a whole; a line without a known price is not part of it.
    isApproved: yes || maxUsd(plan.quote) !== undefined,
    idempotencyKey: key,
    take,
    onHandle: onStart,
    ...(isPipeline(plan) ? { dedupeBy: raw } : {}),
    ...(destination === undefined ? {} : { folder: destination.folder })
  })
  return yield* currentJob(result)
})

const wasNeverSent = ({ record }: Job): boolean => record?.state === "REFUSED" && record.sends === 0

const nameOf = ({ line, take }: LineToRun) => ({ id: line.id, ...(take === 1 ? {} : { take }) })

const resultOf = (toRun: LineToRun, job: Job, files?: ReadonlyArray<string>): LineResult => ({
  ...nameOf(toRun),
  status: job.task.status,
  handle: job.handle,
  task: taskView(job),
  money: moneyOfJob(job),
  ...(isUnanswered(job) ? { isUnanswered: true } : {}),
  ...(job.task.message === undefined ? {} : { message: job.task.message }),
  ...(files === undefined ? {} : { files })
})
