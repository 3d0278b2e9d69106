import { Effect, type Scope, Stream } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
import { FileHost } from "../files/file-host.ts"
import { getFollowingRedirects } from "../files/follow-redirects.ts"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { concatBytes } from "../inputs/read-bytes.ts"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import { drawPreview, type Preview } from "./draw-preview.ts"

/** For all images of a task together; more than Kling's largest results. */
const maxBytes = 64_000_000
/** A preview is optional: the response that contains it must not wait long. */
const timeout = "10 seconds"

/** A small image of a task's images. A failure here does not affect the task. */
export const previewJob = Effect.fn("Jobs.preview")(function* (
  { handle, task }: Job,
  policy: FetchPolicy
): Effect.fn.Return<Preview, JobError, FileHost> {
  const failed = (detail: string) => jobError({ _tag: "FetchFailed", taskId: handle, detail })
  const urls = task.outputs.flatMap((output) => (output.type === "image" ? [output.url] : []))
  if (urls.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  const images = yield* fetchAll(urls, policy).pipe(
    Effect.scoped,
    Effect.mapError(({ detail }) => failed(detail)),
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(failed("fetching the images timed out"))
    })
  )
  return yield* Effect.tryPromise({
    try: () => drawPreview(images),
    catch: (error) => failed(error instanceof Error ? error.message : "the image is corrupt")
  })
})

/** Fetches URLs into memory, within a size limit. */
const fetchAll = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  policy: FetchPolicy
): Effect.fn.Return<ReadonlyArray<Uint8Array>, FetchFailure, FileHost | Scope.Scope> {
  const host = yield* FileHost
  const http = yield* host.connect(policy)
  let bytesLeft = maxBytes
  return yield* Effect.forEach(urls, (url) =>
    Effect.gen(function* () {
      const response = yield* getFollowingRedirects(http, url, {}, policy)
      if (response.status !== 200) {
        return yield* Effect.fail(failure(`the file server returned HTTP ${response.status}`, false))
      }
      const chunks: Array<Uint8Array> = []
      let size = 0
      yield* response.stream.pipe(
        Stream.mapError(() => failure("the connection was lost", true)),
        Stream.runForEach((chunk) => {
          size += chunk.length
          bytesLeft -= chunk.length
          chunks.push(chunk)
          return bytesLeft < 0 ? Effect.fail(failure("the images are too large for a preview", false)) : Effect.void
        })
      )
      return concatBytes(chunks, size)
    })
  )
})
