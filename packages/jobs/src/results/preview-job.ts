import type { FetchPolicy, FileHost, Preview } from "@klingkit/media"
import { previewImages } from "@klingkit/media/internal"
import { Effect } from "effect"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"

/** A small image of a task's images. A failure here does not affect the task. */
export const previewJob = Effect.fn("Jobs.preview")(function* (
  { handle, task }: Job,
  policy: FetchPolicy
): Effect.fn.Return<Preview, JobError, FileHost> {
  const urls = task.outputs.flatMap((output) => (output.type === "image" ? [output.url] : []))
  if (urls.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  return yield* previewImages(urls, policy).pipe(
    Effect.mapError(({ detail }) => jobError({ _tag: "FetchFailed", taskId: handle, detail }))
  )
})
