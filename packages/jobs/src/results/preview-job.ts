import { isFinished, type TaskOutput } from "@klingkit/core"
import type { FetchPolicy, FileHost, Preview } from "@klingkit/media"
import { contactSheet, type NoFrame, previewImages } from "@klingkit/media/internal"
import { Effect, type FileSystem, type Path } from "effect"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import { hasExpired } from "../references/resolve-reference.ts"
import { savedCopies } from "../references/saved-copies.ts"

/** Looks up the job that made the result at a URL, with its row: of a pipeline, that of the step. */
export type FindMaker = (job: Job, url: string) => Effect.Effect<Job>

export const isAt =
  (url: string) =>
  (output: TaskOutput): boolean =>
    "url" in output && output.url === url

/** A small image of a task's images, or of its first video. A failure here does not affect the task. */
export const previewJob = Effect.fn("Jobs.preview")(function* (
  job: Job,
  policy: FetchPolicy,
  makerOf: FindMaker
): Effect.fn.Return<Preview, JobError, FileHost | FileSystem.FileSystem | Path.Path> {
  const { handle, task } = job
  const failed = (detail: string) => jobError({ _tag: "FetchFailed", taskId: handle, detail })
  const urls = task.outputs.flatMap((output) => (output.type === "image" ? [output.url] : []))
  if (urls.length > 0) return yield* Effect.mapError(previewImages(urls, policy), ({ detail }) => failed(detail))
  const video = task.outputs.find(({ type }) => type === "video")
  if (video?.type !== "video" || !isFinished(task)) {
    return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  }
  const maker = yield* makerOf(job, video.url)
  const copies = savedCopies(maker.record, maker.task.outputs.findIndex(isAt(video.url)))
  const isGone = yield* hasExpired(maker)
  return yield* contactSheet({ copies, ...(isGone ? {} : { url: video.url }) }, policy).pipe(
    Effect.scoped,
    Effect.mapError((reason) => failed(noSheet(reason)))
  )
})

const noSheet = ({ reason, detail }: NoFrame): string => {
  switch (reason) {
    case "NoDecoder":
      return "Kling gives no still of a video, and nothing on this machine decodes videos: install ffmpeg"
    case "NotFetched":
      return `the video cannot be read: ${detail}`
    case "NotDecoded":
      return `the video cannot be decoded: ${detail}`
  }
}
