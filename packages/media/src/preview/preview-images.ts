import { Bytes, Effect, type Scope, Stream } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { FileHost } from "../files/file-host.ts"
import { getFollowingRedirects } from "../files/follow-redirects.ts"
import { drawPreview, type Preview } from "./draw-preview.ts"

/** For all images together; more than Kling's largest results. */
const maxBytes = 64_000_000
/** A preview is optional: the response that contains it must not wait long. */
const timeout = "10 seconds"

/** One small image of the images at these URLs, fetched within the policy. */
export const previewImages = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  policy: FetchPolicy
): Effect.fn.Return<Preview, FetchFailure, FileHost> {
  const images = yield* fetchAll(urls, policy).pipe(
    Effect.scoped,
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(failure("fetching the images timed out", true))
    })
  )
  return yield* Effect.tryPromise({
    try: () => drawPreview(images),
    catch: (error) => failure(error instanceof Error ? error.message : "the image is corrupt", false)
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
      yield* response.stream.pipe(
        Stream.mapError(() => failure("the connection was lost", true)),
        Stream.runForEach((chunk) => {
          bytesLeft -= chunk.length
          chunks.push(chunk)
          return bytesLeft < 0 ? Effect.fail(failure("the images are too large for a preview", false)) : Effect.void
        })
      )
      return Bytes.concat(chunks)
    })
  )
})
