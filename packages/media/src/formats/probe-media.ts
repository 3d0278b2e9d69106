import { Context, Effect } from "effect"
import { Base64 } from "effect/encoding"
import type { CustomSourceOptions, Source } from "mediabunny"
import type { OpenFile } from "../files/file-host.ts"

/** The real properties of a video or audio, from its container; nothing is decoded. */
export interface MediaFacts {
  readonly format: "mp3" | "wav" | "aac" | "m4a" | "mp4" | "mov"
  readonly durationSeconds: number
  /** As displayed, with rotation applied. Video only. */
  readonly width?: number
  readonly height?: number
  readonly framesPerSecond?: number
}

/** Probes bytes in memory or an open file, which is read in ranges; undefined if it is neither video nor audio. */
export const probeMedia = Effect.fnUntraced(function* (
  media: Uint8Array | OpenFile
): Effect.fn.Return<MediaFacts | undefined> {
  // Anything the parser throws means the same: the media is not readable.
  const facts = yield* Effect.orElseSucceed(
    Effect.tryPromise(() => readFacts(media)),
    () => undefined
  )
  return facts === undefined || facts.durationSeconds <= 0 ? undefined : facts
})

/** The duration of a video or audio in bare base64; undefined if it is neither. */
export const inlineSeconds = (base64: string): Effect.Effect<number | undefined> => {
  const bytes = Base64.decode(base64)
  return bytes._tag === "Success"
    ? Effect.map(probeMedia(bytes.success), (facts) => facts?.durationSeconds)
    : Effect.succeed(undefined)
}

const readFacts = async (media: Uint8Array | OpenFile): Promise<MediaFacts> => {
  // Loaded on first use: most programs never send audio, but all of them start.
  const { ADTS, BufferSource, CustomSource, Input, MP3, MP4, QTFF, WAVE } = await import("mediabunny")
  const source: Source = media instanceof Uint8Array ? new BufferSource(media) : new CustomSource(rangeReader(media))
  const input = new Input({ source, formats: [MP4, QTFF, MP3, WAVE, ADTS] })
  try {
    const format = await input.getFormat()
    const durationSeconds = await input.computeDuration()
    if (format === MP3) return { format: "mp3", durationSeconds }
    if (format === WAVE) return { format: "wav", durationSeconds }
    if (format === ADTS) return { format: "aac", durationSeconds }
    const video = await input.getPrimaryVideoTrack()
    if (video === null) return { format: "m4a", durationSeconds }
    return {
      format: format === QTFF ? "mov" : "mp4",
      durationSeconds,
      width: await video.getDisplayWidth(),
      height: await video.getDisplayHeight(),
      framesPerSecond: (await video.computePacketStats(packetsForRate)).averagePacketRate
    }
  } finally {
    input.dispose()
  }
}

const packetsForRate = 120

/** No frame index is larger; a file that claims more is broken and must not fill the memory. */
const maxReadBytes = 64 * 1024 * 1024

const rangeReader = (file: OpenFile): CustomSourceOptions => ({
  getSize: () => file.sizeBytes,
  prefetchProfile: "fileSystem",
  read: (start, end) => {
    if (end - start > maxReadBytes) throw new RangeError("the file declares a part that is too large")
    return Effect.runPromiseWith(Context.empty())(readRange(file, start, end))
  }
})

const readRange = Effect.fnUntraced(function* (file: OpenFile, start: number, end: number) {
  const bytes = new Uint8Array(end - start)
  for (let offset = 0; offset < bytes.length;) {
    const count = yield* file.read(bytes.subarray(offset), start + offset)
    if (count === 0) return bytes.subarray(0, offset)
    offset += count
  }
  return bytes
})
