import { Effect } from "effect"
import { endsEarly, maxParts, type ReadAt } from "./read-at.ts"

/** Whether the last frame of an MP3 is whole, and none is missing of those that its encoder counted. */
export const mp3Truncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const first = yield* skipTag(readAt)
  let offset = first
  for (let parts = 0; parts < maxParts; parts++) {
    const frame = frameBytes(yield* readAt(offset, 4))
    // The end, or what follows the frames: tags of other kinds.
    if (frame === undefined) break
    if (offset + frame > sizeBytes) return endsEarly
    offset += frame
  }
  if (offset === first) return undefined
  const counted = countedBytes(yield* readAt(first, 64))
  return counted !== undefined && first + counted > sizeBytes ? endsEarly : undefined
})

/** An ID3v2 tag gives its size in four times seven bits. */
const skipTag = Effect.fnUntraced(function* <E>(readAt: ReadAt<E>) {
  const head = yield* readAt(0, 10)
  if (String.fromCharCode(...head.subarray(0, 3)) !== "ID3") return 0
  return 10 + head.subarray(6).reduce((size, byte) => size * 128 + (byte & 0x7f), 0)
})

const kilobits = {
  "1": [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  "2": [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
} as const
const sampleRates = [44_100, 48_000, 32_000]

/** The size of the layer III frame that a header begins; undefined for anything else. */
const frameBytes = (header: Uint8Array): number | undefined => {
  const [sync = 0, versionAndLayer = 0, rates = 0] = header
  if (header.length < 4 || sync !== 0xff || (versionAndLayer & 0xe6) !== 0xe2) return undefined
  const version = (versionAndLayer >> 3) & 3
  const rate = kilobits[version === 3 ? "1" : "2"][(rates >> 4) - 1]
  const baseRate = sampleRates[(rates >> 2) & 3]
  if (rate === undefined || baseRate === undefined || version === 1) return undefined
  const sampleRate = version === 3 ? baseRate : version === 2 ? baseRate / 2 : baseRate / 4
  return Math.floor(((version === 3 ? 144 : 72) * rate * 1000) / sampleRate) + ((rates >> 1) & 1)
}

/** The bytes that the `Xing` or `Info` header in the first frame counts, itself included. */
const countedBytes = (frame: Uint8Array): number | undefined => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  for (const at of [13, 21, 36]) {
    if (at + 16 > frame.length) return undefined
    const tag = String.fromCharCode(...frame.subarray(at, at + 4))
    if (tag !== "Xing" && tag !== "Info") continue
    const flags = view.getUint32(at + 4)
    return (flags & 2) === 0 ? undefined : view.getUint32(at + ((flags & 1) === 0 ? 8 : 12))
  }
  return undefined
}
