import { Data, Effect, FileSystem, Path, type Scope } from "effect"
import { fetchToFile } from "../files/fetch-to-file.ts"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { FileHost, type FrameDecoder } from "../files/file-host.ts"
import { copySaved, type SavedCopy } from "../files/saved-copy.ts"

/** A video of Kling: its link, as long as that lives, and its copies on this machine. */
export interface VideoToDecode {
  readonly url?: string
  readonly copies: ReadonlyArray<SavedCopy>
}

/** Why there is no frame. */
export class NoFrame extends Data.TaggedError("NoFrame")<{
  /** `NoDecoder`: nothing on this machine decodes videos. `NotFetched`: the video itself cannot be had. */
  readonly reason: "NoDecoder" | "NotFetched" | "NotDecoded"
  readonly detail: string
}> {}

/** What decodes videos on this machine. */
export const requireDecoder: Effect.Effect<FrameDecoder, NoFrame, FileHost> = Effect.gen(function* () {
  const { frameDecoder = Effect.succeed(undefined) } = yield* FileHost
  return (yield* frameDecoder) ?? (yield* new NoFrame({ reason: "NoDecoder", detail: "" }))
})

/** The path of the video, alone in a folder. A saved copy is taken rather than fetching it again. */
export const localVideo = Effect.fnUntraced(function* (
  video: VideoToDecode,
  policy: FetchPolicy
): Effect.fn.Return<string, NoFrame, FileHost | FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* Effect.mapError(fs.makeTempDirectoryScoped(), ({ message }) => notFetched(message))
  const file = path.join(folder, "video.mp4")
  const copied = yield* Effect.findFirst(video.copies, (copy) => copySaved(copy, file))
  if (copied._tag === "None") yield* fetchVideo(video.url, { file, folder, policy })
  return file
})

const fetchVideo = Effect.fnUntraced(function* (
  url: string | undefined,
  { file, folder, policy }: { readonly file: string; readonly folder: string; readonly policy: FetchPolicy }
) {
  if (url === undefined) return yield* notFetched("no copy of it is left")
  const fs = yield* FileSystem.FileSystem
  const { connect } = yield* FileHost
  const http = yield* connect(policy)
  // Only this call uses the file, and nothing continues it.
  const unused = { onVersion: () => Effect.void, onProgress: () => Effect.void }
  yield* fs.open(file, { flag: "w+" }).pipe(
    Effect.flatMap((open) => fetchToFile({ url, policy, http, file: open, folder, ...unused })),
    Effect.scoped,
    Effect.mapError((error) => notFetched(error._tag === "FetchFailure" ? error.detail : error.message))
  )
})

const notFetched = (detail: string): NoFrame => new NoFrame({ reason: "NotFetched", detail })
