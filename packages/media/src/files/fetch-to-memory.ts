import { Bytes, Effect, Stream } from "effect"
import { type FetchFailure, failure } from "./fetch-failure.ts"
import type { FetchPolicy } from "./fetch-policy.ts"
import { FileHost } from "./file-host.ts"
import { getFollowingRedirects } from "./follow-redirects.ts"

/** For all images together; more than Kling's largest results. */
const maxBytes = 64_000_000
/** The response that waits for them must not wait long. */
const timeout = "10 seconds"

/** Fetches images into memory, within the policy, a size limit and a time limit. */
export const fetchImages = (
  urls: ReadonlyArray<string>,
  policy: FetchPolicy
): Effect.Effect<ReadonlyArray<Uint8Array>, FetchFailure, FileHost> =>
  fetchAll(urls, policy).pipe(
    Effect.scoped,
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(failure("fetching the images timed out", true))
    })
  )

const fetchAll = Effect.fnUntraced(function* (urls: ReadonlyArray<string>, policy: FetchPolicy) {
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
          return bytesLeft < 0 ? Effect.fail(failure("the images are too large to be read here", false)) : Effect.void
        })
      )
      return Bytes.concat(chunks)
    })
  )
})
