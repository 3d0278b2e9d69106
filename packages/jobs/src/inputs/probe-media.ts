import { Context, Effect, type FileSystem } from "effect"
import type { CustomSourceOptions, Source } from "mediabunny"

/** What a clip or a sound really is, read from its container; nothing is decoded. */
export interface MediaFacts {
  readonly format: "mp3" | "wav" | "aac" | "m4a" | "mp4" | "mov"
  readonly durationSeconds: number
  /** As shown: turned where the clip says so. Clips only. */
  readonly width?: number
  readonly height?: number
  readonly framesPerSecond?: number
}

interface OpenFile {
  readonly file: FileSystem.File
  readonly sizeBytes: number
}

/** Facts of bytes in memory, or of an open file, which is read in parts; nothing when they are neither clip nor sound. */
export const probeMedia = Effect.fnUntraced(function* (
  media: Uint8Array | OpenFile
): Effect.fn.Return<MediaFacts | undefined> {
  // Whatever the reader throws at broken bytes means the same: they cannot be read.
  const facts = yield* Effect.orElseSucceed(
    Effect.tryPromise(() => readFacts(media)),
    () => undefined
  )
  return facts === undefined || facts.durationSeconds <= 0 ? undefined : facts
})

const readFacts = async (media: Uint8Array | OpenFile): Promise<MediaFacts> => {
  // Loaded when first needed: most programs never send a sound, and all of them start.
  const { ADTS, BufferSource, CustomSource, Input, MP3, MP4, QTFF, WAVE } = await import("mediabunny")
  const source: Source =
    media instanceof Uint8Array ? new BufferSource(media) : new CustomSource(readingOf(media.file, media.sizeBytes))
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

/** An index of frames never takes more; a file that claims more is broken, and is not read into memory. */
const maxReadBytes = 64 * 1024 * 1024

const readingOf = (file: FileSystem.File, sizeBytes: number): CustomSourceOptions => ({
  getSize: () => sizeBytes,
  prefetchProfile: "fileSystem",
  read: (start, end) => {
    if (end - start > maxReadBytes) throw new RangeError("the file asks for too much of itself at once")
    return Effect.runPromiseWith(Context.empty())(readRange(file, start, end))
  }
})

const readRange = Effect.fnUntraced(function* (file: FileSystem.File, start: number, end: number) {
  const bytes = new Uint8Array(end - start)
  for (let at = 0; at < bytes.length;) {
    const count = yield* file.read(bytes.subarray(at), { position: BigInt(start + at) })
    if (count === 0) return bytes.subarray(0, at)
    at += count
  }
  return bytes
})
