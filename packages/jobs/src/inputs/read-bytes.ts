import { invalidInput, type KlingError } from "@klingkit/core"
import { Effect, type FileSystem, Option, Stream } from "effect"
import { Base64 } from "effect/encoding"
import type { FoundMedia } from "./media-source.ts"

type Local = Exclude<FoundMedia, { readonly at: "url" }>

/** All bytes of a source that is not a URL. At most one chunk more than the limit is ever held. */
export const readBytes = Effect.fnUntraced(function* (
  field: string,
  found: Local,
  maxMegabytes: number
): Effect.fn.Return<Uint8Array, KlingError> {
  const refuse = (message: string) => invalidInput([{ field, message }])
  const maxBytes = maxMegabytes * 1_000_000
  const sizeBytes = knownSize(found)
  if (sizeBytes !== undefined && sizeBytes > maxBytes) {
    return yield* refuse(`has ${(sizeBytes / 1_000_000).toFixed(1)} MB; at most ${maxMegabytes} MB are allowed`)
  }
  if (found.at === "bytes") return found.bytes
  if (found.at === "text") {
    const decoded = Base64.decode(found.base64)
    return decoded._tag === "Success" ? decoded.success : yield* refuse("is neither a URL, a file nor base64 text")
  }
  const parts: Array<Uint8Array> = []
  let size = 0
  yield* (found.at === "file" ? fileChunks(found.file) : found.stream).pipe(
    Stream.mapError(() => refuse(`could not be read: the ${found.at} broke off`)),
    Stream.runForEach((chunk) => {
      size += chunk.length
      if (size > maxBytes) return Effect.fail(refuse(`has more than ${maxMegabytes} MB, which is the most allowed`))
      parts.push(chunk)
      return Effect.void
    })
  )
  return joined(parts, size)
})

const knownSize = (found: Local): number | undefined => {
  switch (found.at) {
    case "bytes":
      return found.bytes.length
    case "text":
      return Math.floor((found.base64.replace(/=+$/, "").length * 3) / 4)
    case "file":
      return found.sizeBytes
    case "stream":
      return undefined
  }
}

const chunkBytes = 256 * 1024

const fileChunks = (file: FileSystem.File): Stream.Stream<Uint8Array, unknown> =>
  Stream.paginate(undefined, () =>
    Effect.map(file.readAlloc(chunkBytes), (chunk) =>
      Option.isNone(chunk) ? ([[], Option.none()] as const) : ([[chunk.value], Option.some(undefined)] as const)
    )
  )

/** Parts of so many bytes in all as one. */
export const joined = (parts: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
