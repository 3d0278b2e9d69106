import { isFinished, maxUsd } from "@klingkit/core"
import { type Job, Jobs } from "@klingkit/jobs"
import { type Cause, type Duration, Effect, FileSystem, Option, Path, Stream } from "effect"
import { destinationOf } from "../destination.ts"
import { type Failure, failureOf } from "../../output/failure.ts"
import { taskView } from "../../output/task-view.ts"
import type { Line } from "./plan-line.ts"

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
}

/** Submits a line or finds its earlier job; waits and downloads as the flags say. A failure stays in its result. */
export const runLine = (line: Line, flags: LineFlags): Effect.Effect<LineResult, never, Jobs | DestinationNeeds> =>
  Effect.gen(function* () {
    const submitted = yield* submitOnce(line, flags.yes)
    return yield* Effect.catchCause(finish(line, flags, submitted), (cause) => failedLine(line, cause, submitted))
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
    if (!flags.wait && Option.isNone(output)) return resultOf(line, submitted)
    const jobs = yield* Jobs
    const followed = yield* jobs
      .follow(submitted.handle, line.plan.operation)
      .pipe(Stream.runLast, Effect.timeoutOption(flags.timeout))
    const job = Option.getOrElse(Option.flatten(followed), () => submitted)
    // Orphaned by a process that died before it sent the request: send it now.
    if (submitted.isDuplicate === true && wasNeverSent(job)) return yield* runLine(line, flags)
    if (!isFinished(job.task) || job.task.status === "failed" || Option.isNone(output)) return resultOf(line, job)
    const fs = yield* FileSystem.FileSystem
    const saved = submitted.record?.files.map((file) => file.path) ?? []
    const exist = yield* Effect.forEach(saved, (file) => Effect.orElseSucceed(fs.exists(file), () => false))
    if (saved.length > 0 && exist.every(Boolean)) return resultOf(line, job, saved)
    const destination = yield* destinationOf({ output, force: flags.force, count: job.task.outputs.length })
    const downloaded = yield* jobs.download(job, { ...destination, overwrite: flags.force })
    return resultOf(
      line,
      job,
      downloaded.map(({ path }) => path)
    )
  })

type DestinationNeeds = Effect.Services<ReturnType<typeof destinationOf>>

/** A refused request was not charged, so a new run submits it again under the next key. */
const submitOnce = Effect.fnUntraced(function* ({ key, plan, raw }: Line, yes: boolean) {
  const jobs = yield* Jobs
  for (let attempt = 1; ; attempt++) {
    const job: Job = yield* jobs.submit(plan, {
      // The total was approved as a whole; a line without a known price is not part of it.
      isApproved: yes || maxUsd(plan.quote) !== undefined,
      idempotencyKey: `${key} ${attempt}`,
      dedupeBy: raw
    })
    if (job.isDuplicate !== true || job.record?.state !== "REFUSED") return job
  }
})

const wasNeverSent = ({ record }: Job): boolean => record?.state === "REFUSED" && record.sends === 0

const resultOf = ({ id }: Line, job: Job, files?: ReadonlyArray<string>): LineResult => ({
  id,
  status: job.task.status,
  handle: job.handle,
  task: taskView(job),
  ...(job.task.message === undefined ? {} : { message: job.task.message }),
  ...(files === undefined ? {} : { files })
})
