import { Mp3Encoder } from "@breezystack/lamejs"
import { checkDuration, type AudioSpec } from "./media-request.ts"
import { composeMelody, sampleRate } from "./melody.ts"
import { hashText } from "./seeded-random.ts"

const mp3 = { kilobitsPerSecond: 96, samplesPerBlock: 1152 }

/**
 * A melody of the given duration that depends on text and seed: WAV (PCM, 16 bit, mono, 44.1 kHz), exact to the sample,
 * or MP3 (96 kbit/s, mono, 44.1 kHz), at most two blocks of 26 ms longer. Throws a RangeError for an invalid duration.
 */
export const renderAudio = ({ durationSeconds, text, seed, format }: AudioSpec): Uint8Array<ArrayBuffer> => {
  checkDuration(durationSeconds)
  const samples = composeMelody(durationSeconds, seed ^ hashText(text))
  return format === "wav" ? wavFile(samples) : mp3File(samples)
}

const wavFile = (samples: Int16Array): Uint8Array<ArrayBuffer> => {
  const headerBytes = 44
  const dataBytes = samples.length * 2
  const bytes = new Uint8Array(headerBytes + dataBytes)
  const view = new DataView(bytes.buffer)
  const text = (at: number, ascii: string) => bytes.set(new TextEncoder().encode(ascii), at)
  text(0, "RIFF")
  view.setUint32(4, headerBytes - 8 + dataBytes, true)
  text(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true) // PCM
  view.setUint16(22, 1, true) // channels
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * 2, true)
  view.setUint16(32, 2, true) // bytes per sample
  view.setUint16(34, 16, true) // bits per sample
  text(36, "data")
  view.setUint32(40, dataBytes, true)
  for (const [index, sample] of samples.entries()) view.setInt16(headerBytes + 2 * index, sample, true)
  return bytes
}

const mp3File = (samples: Int16Array): Uint8Array<ArrayBuffer> => {
  const encoder = new Mp3Encoder(1, sampleRate, mp3.kilobitsPerSecond)
  const blocks: Array<Uint8Array> = []
  for (let at = 0; at < samples.length; at += mp3.samplesPerBlock) {
    blocks.push(encoder.encodeBuffer(samples.subarray(at, at + mp3.samplesPerBlock)))
  }
  blocks.push(encoder.flush())
  const bytes = new Uint8Array(blocks.reduce((total, block) => total + block.length, 0))
  let at = 0
  for (const block of blocks) {
    bytes.set(block, at)
    at += block.length
  }
  return bytes
}
