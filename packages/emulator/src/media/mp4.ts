// Muxes encoded frames, and audio if any, into a fast-start MP4: exact timestamps, marked key frames, the index in
// front, and reproducible bytes.
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP3,
  MP4,
  Mp4OutputFormat,
  Output
} from "mediabunny"
import { keyFrameEvery } from "./h264.ts"

export interface Mp4Parts {
  /** The MP4 of `encodeFrames`. */
  readonly h264: Uint8Array<ArrayBuffer>
  readonly frames: number
  readonly durationSeconds: number
  /** An MP3 file at least as long as the video; the excess is dropped. */
  readonly mp3?: Uint8Array<ArrayBuffer> | undefined
}

export const packMp4 = async (parts: Mp4Parts): Promise<Uint8Array<ArrayBuffer>> => {
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target })
  const video = new EncodedVideoPacketSource("avc")
  const audio = new EncodedAudioPacketSource("mp3")
  output.addVideoTrack(video)
  if (parts.mp3) output.addAudioTrack(audio)
  await output.start()
  await Promise.all([copyVideo(parts, video), parts.mp3 && copyAudio(parts.mp3, parts.durationSeconds, audio)])
  await output.finalize()
  if (!target.buffer) throw new Error("the MP4 could not be finished")
  const bytes = new Uint8Array(target.buffer)
  clearTimes(bytes, 0, bytes.length)
  return bytes
}

const copyVideo = async (parts: Mp4Parts, to: EncodedVideoPacketSource): Promise<void> => {
  const track = await new Input({ source: new BufferSource(parts.h264), formats: [MP4] }).getPrimaryVideoTrack()
  const decoderConfig = await track?.getDecoderConfig()
  if (!track || !decoderConfig) throw new Error("the encoder wrote no video track")
  const secondsPerFrame = parts.durationSeconds / parts.frames
  let index = 0
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const retimed = packet.clone({
      timestamp: index * secondsPerFrame,
      duration: secondsPerFrame,
      type: index % keyFrameEvery === 0 ? "key" : "delta"
    })
    await to.add(retimed, { decoderConfig })
    index++
  }
  to.close()
}

const copyAudio = async (
  mp3: Uint8Array<ArrayBuffer>,
  durationSeconds: number,
  to: EncodedAudioPacketSource
): Promise<void> => {
  const track = await new Input({ source: new BufferSource(mp3), formats: [MP3] }).getPrimaryAudioTrack()
  const decoderConfig = await track?.getDecoderConfig()
  if (!track || !decoderConfig) throw new Error("the encoder wrote no audio track")
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (packet.timestamp + packet.duration > durationSeconds) break
    await to.add(packet, { decoderConfig })
  }
  to.close()
}

const nesting = new Set(["moov", "trak", "mdia"])
const dated = new Set(["mvhd", "tkhd", "mdhd"])

/** Sets creation and modification times to zero ("unknown"), so that the same request gives the same bytes. */
const clearTimes = (bytes: Uint8Array, from: number, to: number): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = from; at + 8 <= to;) {
    const size = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (nesting.has(type)) clearTimes(bytes, at + 8, at + size)
    if (dated.has(type)) bytes.fill(0, at + 12, at + 12 + (bytes[at + 8] === 1 ? 16 : 8))
    // 0 means "to the end of the file", 1 a 64-bit size: only the media data gets that large, after the index.
    if (size < 8) return
    at += size
  }
}
