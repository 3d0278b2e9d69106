import { Result } from "effect"
import { Base64 } from "effect/encoding"

/**
 * The duration of base64 audio in seconds, from its header and size. WAV and MP3 only; nothing for anything else. On purpose
 * not the prober of the clients: a duration that they get wrong must differ from what the emulator charges.
 */
export const audioDuration = (media: string): number | undefined => {
  const bytes = Base64.decode(media)
  return Result.isSuccess(bytes) ? (secondsOfWav(bytes.success) ?? secondsOfMp3(bytes.success)) : undefined
}

const text = (bytes: Uint8Array, offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4))

const secondsOfWav = (bytes: Uint8Array): number | undefined => {
  if (text(bytes, 0) !== "RIFF" || text(bytes, 8) !== "WAVE") return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (text(bytes, at) === "fmt " && at + 20 <= bytes.length) bytesPerSecond = view.getUint32(at + 16, true)
    if (text(bytes, at) !== "data") continue
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - at - 8)
    return bytesPerSecond === 0 ? undefined : size / bytesPerSecond
  }
  return undefined
}

// ISO 11172-3 and 13818-3, layer III: bit rates by their index in a frame header.
const kilobits = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
} as const

/** Uses the bit rate of the first frame: exact for a constant bit rate, approximate otherwise. */
const secondsOfMp3 = (bytes: Uint8Array): number | undefined => {
  const start = text(bytes, 0).startsWith("ID3") ? 10 + tagSize(bytes) : 0
  const [sync = 0, version = 0, rate = 0] = bytes.subarray(start, start + 3)
  if (sync !== 0xff || (version & 0xe6) !== 0xe2) return undefined
  const rates = (version & 0x18) === 0x18 ? kilobits.mpeg1 : kilobits.mpeg2
  const kilobitsPerSecond = rates[rate >> 4] ?? 0
  return kilobitsPerSecond === 0 ? undefined : ((bytes.length - start) * 8) / (kilobitsPerSecond * 1000)
}

/** A syncsafe integer: seven bits of each of four bytes. */
const tagSize = (bytes: Uint8Array): number =>
  bytes.subarray(6, 10).reduce((size, byte) => (size << 7) | (byte & 0x7f), 0)
