import { isFinished, mostUsd } from "@klingkit/core"
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

/** What became of a line. */
export interface LineEnd {
  readonly id: string
  readonly status: string
  readonly handle?: string
  readonly files?: ReadonlyArray<string>
  readonly failure?: Failure
  /** Kling's words about a task that has failed. */
  readonly message?: string
  readonly task?: unknown
}

/** Sends a line, or finds the job that it already is; waits and fetches as asked. It fails for itself only. */
export const runLine = (line: Line, flags: LineFlags): Effect.Effect<LineEnd, never, Jobs | DestinationNeeds> =>
  Effect.gen(function* () {
    const submitted = yield* submitOnce(line, flags.yes)
    return yield* Effect.catchCause(finish(line, flags, submitted), (cause) => failedLine(line, cause, submitted))
  }).pipe(Effect.catchCause((cause) => failedLine(line, cause)))

const failedLine = ({ id }: Line, cause: Cause.Cause<unknown>, submitted?: Job): Effect.Effect<LineEnd> => {
  const failure = failureOf(cause)
  const handle = submitted?.handle ?? failure.handle
  return Effect.succeed({ id, status: "failed", failure, ...(handle === undefined ? {} : { handle }) })
}

/** Waits for a line's job and fetches what it made, as asked. */
const finish = (
  line: Line,
  flags: LineFlags,
  submitted: Job
): Effect.Effect<LineEnd, unknown, Jobs | DestinationNeeds> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const output = Option.match(line.output, {
      onNone: () => flags.output,
      onSome: (own) =>
        Option.some(Option.match(flags.output, { onNone: () => own, onSome: (all) => path.join(all, own) }))
    })
    if (!flags.wait && Option.isNone(output)) return endOf(line, submitted)
    const jobs = yield* Jobs
    const followed = yield* jobs
      .follow(submitted.handle, line.plan.operation)
      .pipe(Stream.runLast, Effect.timeoutOption(flags.timeout))
    const job = Option.getOrElse(Option.flatten(followed), () => submitted)
    // Left by a program that died before it had sent anything: this one sends it.
    if (submitted.isRepeat === true && wasNeverSent(job)) return yield* runLine(line, flags)
    if (!isFinished(job.task) || job.task.status === "failed" || Option.isNone(output)) return endOf(line, job)
    const fs = yield* FileSystem.FileSystem
    const known = submitted.record?.files.map((file) => file.path) ?? []
    const areThere = yield* Effect.forEach(known, (file) => Effect.orElseSucceed(fs.exists(file), () => false))
    if (known.length > 0 && areThere.every(Boolean)) return endOf(line, job, known)
    const destination = yield* destinationOf({ output, force: flags.force, count: job.task.outputs.length })
    const saved = yield* jobs.download(job, { ...destination, overwrite: flags.force })
    return endOf(
      line,
      job,
      saved.map(({ path }) => path)
    )
  })

type DestinationNeeds = Effect.Services<ReturnType<typeof destinationOf>>

/** A request that was refused was not charged: running the command again tries it anew, under the next key. */
const submitOnce = Effect.fnUntraced(function* ({ key, plan, written }: Line, yes: boolean) {
  const jobs = yield* Jobs
  for (let turn = 1; ; turn++) {
    const job: Job = yield* jobs.submit(plan, {
      // The sum of all lines was held to the yes; a price that nobody knows stands in no sum.
      isApproved: yes || mostUsd(plan.quote) !== undefined,
      idempotencyKey: `${key} ${turn}`,
      sameAs: written
    })
    if (job.isRepeat !== true || job.record?.state !== "REFUSED") return job
  }
})

const wasNeverSent = ({ record }: Job): boolean => record?.state === "REFUSED" && record.sends === 0

const endOf = ({ id }: Line, job: Job, files?: ReadonlyArray<string>): LineEnd => ({
  id,
  status: job.task.status,
  handle: job.handle,
  task: taskView(job),
  ...(job.task.message === undefined ? {} : { message: job.task.message }),
  ...(files === undefined ? {} : { files })
})
