import type { KlingError } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { Bytes, Effect, Option, Stream } from "effect"
import { Base64 } from "effect/encoding"
import type { OpenFile } from "../files/file-host.ts"
import { sizeProblem } from "./check-media.ts"
import type { ResolvedMedia } from "./media-source.ts"

type LocalMedia = Exclude<ResolvedMedia, { readonly kind: "url" }>

/** Reads all bytes of a source other than a URL. Holds at most one chunk more than the limit. */
export const readBytes = Effect.fnUntraced(function* (
  field: string,
  media: LocalMedia,
  maxMegabytes: number
): Effect.fn.Return<Uint8Array, KlingError> {
  const refuse = (message: string) => invalidInput([{ field, message }])
  const maxBytes = maxMegabytes * 1_000_000
  const sizeBytes = knownSize(media)
  const problem = sizeBytes === undefined ? undefined : sizeProblem({ maxMegabytes }, sizeBytes)
  if (problem !== undefined) return yield* invalidInput([{ field, ...problem }])
  if (media.kind === "bytes") return media.bytes
  if (media.kind === "text") {
    const decoded = Base64.decode(media.base64)
    return decoded._tag === "Success" ? decoded.success : yield* refuse("is not a URL, a file or base64 text")
  }
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* (media.kind === "file" ? fileChunks(media.file) : media.stream).pipe(
    Stream.mapError(() => refuse(`could not be read: the ${media.kind} ended with an error`)),
    Stream.runForEach((chunk) => {
      size += chunk.length
      if (size > maxBytes)
        return Effect.fail(refuse(`has more than ${maxMegabytes} MB; at most ${maxMegabytes} MB allowed`))
      chunks.push(chunk)
      return Effect.void
    })
  )
  return Bytes.concat(chunks)
})

const knownSize = (media: LocalMedia): number | undefined => {
  switch (media.kind) {
    case "bytes":
      return media.bytes.length
    case "text":
      return Math.floor((media.base64.replace(/=+$/, "").length * 3) / 4)
    case "file":
      return media.file.sizeBytes
    case "stream":
      return undefined
  }
}

const chunkBytes = 256 * 1024

const fileChunks = (file: OpenFile): Stream.Stream<Uint8Array, unknown> =>
  Stream.paginate(0, (position) => {
    const buffer = new Uint8Array(chunkBytes)
    return Effect.map(file.read(buffer, position), (count) =>
      count === 0
        ? ([[], Option.none()] as const)
        : ([[buffer.subarray(0, count)], Option.some(position + count)] as const)
    )
  })
