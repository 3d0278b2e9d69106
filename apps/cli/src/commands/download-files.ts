import { sanitizeText } from "@klingkit/core/internal"
import { type Job, type JobError, Jobs } from "@klingkit/jobs"
import { Cause, Effect, Option } from "effect"
import { CommandError, failureOf } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { taskView } from "../output/task-view.ts"
import { type Deadline, timeLeft } from "./deadline.ts"
import type { Destination } from "./destination.ts"

/** What a command says of its downloads. */
export interface DownloadFlags {
  readonly output: Option.Option<string>
  readonly force: boolean
  readonly timeout: Deadline
}

/** Downloads a finished job's files by the deadline of the command, with a live line on a terminal. */
export const downloadFiles = Effect.fnUntraced(function* (job: Job, destination: Destination, flags: DownloadFlags) {
  const jobs = yield* Jobs
  const output = yield* Output
  return yield* jobs
    .download(job, {
      ...destination,
      overwrite: flags.force,
      timeout: yield* timeLeft(flags.timeout),
      onProgress: ({ receivedBytes, totalBytes }) =>
        output.live(
          `downloading, ${megabytes(receivedBytes)}${totalBytes === undefined ? "" : ` of ${megabytes(totalBytes)}`} MB`
        )
    })
    .pipe(Effect.catchIf(isTimedOut, (error) => notFetched(error, job, flags)))
})

const isTimedOut = ({ reason }: JobError): boolean => reason._tag === "FetchTimedOut"

/** The deadline has ended the download: the same destination continues it. */
const notFetched = (error: JobError, job: Job, { output, force }: DownloadFlags) => {
  const target = Option.match(output, { onNone: () => "", onSome: (given) => ` --output ${shellWord(given)}` })
  return new CommandError({
    failure: {
      ...failureOf(Cause.fail(error)),
      suggestion: `continue with: klingkit task download ${sanitizeText(job.handle, 80)}${target}${force ? " --force" : ""}`,
      task: taskView(job)
    }
  })
}

const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${sanitizeText(text).replaceAll("'", String.raw`'\''`)}'`

export const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1)
