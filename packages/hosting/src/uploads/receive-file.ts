import { FileHost } from "@klingkit/jobs"
import { acceptedMedia } from "@klingkit/core/internal"
import { inspectFile, maxFileBytes, type UploadedFile } from "@klingkit/jobs/internal"
import { Bytes, Effect, FileSystem, Path, type Scope, Stream } from "effect"
import { refused, type UploadRefused } from "./upload-refused.ts"

/** A client that has sent nothing for so long sends no more. */
const stalledAfter = "30 seconds"
/** Enough to tell a format. */
const headBytes = 64

/** The largest file of any kind, and the form around it. */
export const maxUploadBytes =
  Math.max(...(["image", "video", "audio"] as const).map((kind) => acceptedMedia(kind).maxMegabytes)) * 1_000_000 +
  10_000

export interface ReceivedFile extends UploadedFile {
  /** On the disk of this server until the scope closes. */
  readonly path: string
}

/** Saves a body as a file, with its digest, and finds out what it is. What Kling does not take is refused as soon as it shows. */
export const receiveFile = Effect.fnUntraced(function* (
  body: Stream.Stream<Uint8Array, UploadRefused>
): Effect.fn.Return<ReceivedFile, UploadRefused, Needs | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const host = yield* FileHost
  const folder = yield* Effect.mapError(fs.makeTempDirectoryScoped({ prefix: "klingkit-upload-" }), noSpace)
  const path = (yield* Path.Path).join(folder, "file")
  const sha256 = yield* host.sha256
  const writing = yield* Effect.mapError(fs.open(path, { flag: "wx" }), noSpace)
  let bytes = 0
  let head = new Uint8Array()
  let limit: number | undefined
  yield* body.pipe(
    Stream.timeoutOrElse({
      duration: stalledAfter,
      orElse: () => Stream.fail(refused(408, `nothing has arrived for ${stalledAfter}; send the file again`))
    }),
    Stream.runForEach(
      Effect.fnUntraced(function* (chunk) {
        bytes += chunk.length
        if (limit === undefined) {
          head = Uint8Array.from(Bytes.concat([head, chunk.subarray(0, headBytes)]))
          if (head.length >= headBytes) limit = yield* Effect.mapError(maxFileBytes(head), notTaken)
        }
        if (limit !== undefined && bytes > limit) {
          return yield* refused(
            413,
            `the file has more than ${limit / 1_000_000} MB, the most that Kling takes of its kind`
          )
        }
        sha256.update(chunk)
        yield* Effect.mapError(writing.writeAll(chunk), noSpace)
      })
    )
  )
  if (bytes === 0) return yield* refused(422, "the file is empty")
  const file = yield* Effect.mapError(host.openFile(path), noSpace)
  const facts = yield* Effect.mapError(inspectFile(file), (error) =>
    error._tag === "FileRefused" ? notTaken(error) : noSpace()
  )
  return { ...facts, path, sha256: sha256.digest() }
})

type Needs = FileHost | FileSystem.FileSystem | Path.Path

const notTaken = ({ message }: { readonly message: string }): UploadRefused => refused(415, `the file ${message}`)

const noSpace = (): UploadRefused =>
  refused(507, "this server cannot keep the file for the moment: its disk is full or denied")
