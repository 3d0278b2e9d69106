import { type Job, Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { Output } from "../output/output.ts"
import type { Destination } from "./destination.ts"

/** Downloads a finished job's files, with a live line on a terminal. */
export const downloadFiles = Effect.fnUntraced(function* (job: Job, destination: Destination, force: boolean) {
  const jobs = yield* Jobs
  const output = yield* Output
  return yield* jobs.download(job, {
    ...destination,
    overwrite: force,
    onProgress: ({ receivedBytes, totalBytes }) =>
      output.live(
        `downloading, ${megabytes(receivedBytes)}${totalBytes === undefined ? "" : ` of ${megabytes(totalBytes)}`} MB`
      )
  })
})

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1)
