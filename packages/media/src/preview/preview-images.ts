import { Effect } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { fetchImages } from "../files/fetch-to-memory.ts"
import type { FileHost } from "../files/file-host.ts"
import { drawPreview, type Preview } from "./draw-preview.ts"

/** One small image of the images at these URLs, fetched within the policy. */
export const previewImages = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  policy: FetchPolicy
): Effect.fn.Return<Preview, FetchFailure, FileHost> {
  const images = yield* fetchImages(urls, policy)
  return yield* Effect.tryPromise({
    try: () => drawPreview(images),
    catch: (error) => failure(error instanceof Error ? error.message : "the image is corrupt", false)
  })
})
