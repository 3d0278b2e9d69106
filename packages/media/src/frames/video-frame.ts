import { Effect, type FileSystem, type Path, type Scope } from "effect"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import type { FileHost } from "../files/file-host.ts"
import { localVideo, NoFrame, requireDecoder, type VideoToDecode } from "./local-video.ts"

/** The first or last frame of a video, as a JPEG of its full size. */
export const videoFrame = Effect.fnUntraced(
  function* (
    video: VideoToDecode,
    which: "first" | "last",
    policy: FetchPolicy
  ): Effect.fn.Return<Uint8Array, NoFrame, FileHost | FileSystem.FileSystem | Path.Path | Scope.Scope> {
    const decoder = yield* requireDecoder
    const file = yield* localVideo(video, policy)
    return yield* Effect.mapError(
      decoder.frame(file, which),
      ({ detail }) => new NoFrame({ reason: "NotDecoded", detail })
    )
  },
  (effect) => Effect.scoped(effect)
)
