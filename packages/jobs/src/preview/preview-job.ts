import { Effect, type Scope, Stream } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
import { FileHost } from "../files/file-host.ts"
import { getFollowing } from "../files/follow-redirects.ts"
import type { Reach } from "../files/reach.ts"
import { joined } from "../inputs/read-bytes.ts"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import { drawPreview, type Preview } from "./draw-preview.ts"

/** All pictures of a task together; more than Kling's largest ones take. */
const maxBytes = 64_000_000
/** A preview is a bonus: the answer that it comes with does not wait long for it. */
const patience = "10 seconds"

/** A small picture of a task's pictures. What goes wrong is told in words: the task itself is not touched by it. */
export const previewJob = Effect.fn("Jobs.preview")(function* (
  { handle, task }: Job,
  reach: Reach
): Effect.fn.Return<Preview, JobError, FileHost> {
  const failed = (detail: string) => jobError({ _tag: "FetchFailed", taskId: handle, detail })
  const urls = task.outputs.flatMap((output) => (output.type === "image" ? [output.url] : []))
  if (urls.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  const pictures = yield* fetchAll(urls, reach).pipe(
    Effect.scoped,
    Effect.mapError(({ detail }) => failed(detail)),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(failed("the pictures took too long to come"))
    })
  )
  return yield* Effect.tryPromise({
    try: () => drawPreview(pictures),
    catch: (error) => failed(error instanceof Error ? error.message : "the picture is broken")
  })
})

/** The files behind URLs, in memory and therefore within a limit. */
const fetchAll = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  reach: Reach
): Effect.fn.Return<ReadonlyArray<Uint8Array>, FetchFailure, FileHost | Scope.Scope> {
  const host = yield* FileHost
  const http = yield* host.connect(reach)
  let left = maxBytes
  return yield* Effect.forEach(urls, (url) =>
    Effect.gen(function* () {
      const response = yield* getFollowing(http, url, {}, reach)
      if (response.status !== 200) {
        return yield* Effect.fail(failure(`the file server answered HTTP ${response.status}`, false))
      }
      const parts: Array<Uint8Array> = []
      let size = 0
      yield* response.stream.pipe(
        Stream.mapError(() => failure("the connection broke off", true)),
        Stream.runForEach((part) => {
          size += part.length
          left -= part.length
          parts.push(part)
          return left < 0 ? Effect.fail(failure("the pictures are too large to be drawn", false)) : Effect.void
        })
      )
      return joined(parts, size)
    })
  )
})
