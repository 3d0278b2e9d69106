import { Effect, type FileSystem, type Path, type Scope } from "effect"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { FileHost } from "../files/file-host.ts"
import { probeMedia } from "../formats/probe-media.ts"
import { drawPreview, type Preview } from "../preview/draw-preview.ts"
import { localVideo, NoFrame, requireDecoder, type VideoToDecode } from "./local-video.ts"

const frames = 9
/** A third of the longest side of a preview. */
const maxSide = 256
/** Fetched, decoded and drawn: the response that contains it must not wait long. */
const timeout = "20 seconds"
/** The last frame begins so long before the end, at ten frames a second. */
const lastFrameSeconds = 0.1

/** Frames of a video at even distances, from the first to the last, as one small image in reading order. */
export const contactSheet = Effect.fnUntraced(
  function* (
    video: VideoToDecode,
    policy: FetchPolicy
  ): Effect.fn.Return<Preview, NoFrame, FileHost | FileSystem.FileSystem | Path.Path | Scope.Scope> {
    const decoder = yield* requireDecoder
    const file = yield* localVideo(video, policy)
    const everySeconds = Math.max(0, (yield* secondsOf(file)) - lastFrameSeconds) / (frames - 1)
    const images = yield* Effect.mapError(
      decoder.keyFrames(file, { count: frames, everySeconds, maxSide }),
      ({ detail }) => notDecoded(detail)
    )
    const preview = yield* Effect.tryPromise({
      try: () => drawPreview(images),
      catch: (error) => notDecoded(error instanceof Error ? error.message : "its frames are corrupt")
    })
    return { ...preview, frameSeconds: images.map((_, index) => Math.round(index * everySeconds * 10) / 10) }
  },
  (effect) =>
    Effect.timeoutOrElse(Effect.scoped(effect), {
      duration: timeout,
      orElse: () => notDecoded(`its frames are not there after ${timeout}`)
    })
)

const secondsOf = Effect.fnUntraced(function* (file: string) {
  const { openFile } = yield* FileHost
  const facts = yield* openFile(file).pipe(
    Effect.flatMap(probeMedia),
    Effect.scoped,
    Effect.orElseSucceed(() => undefined)
  )
  return facts?.width === undefined ? yield* notDecoded("it is not a whole MP4 video") : facts.durationSeconds
})

const notDecoded = (detail: string): NoFrame => new NoFrame({ reason: "NotDecoded", detail })
