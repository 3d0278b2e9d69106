import { createKling } from "@klingkit/core"
import { runEmulator } from "@klingkit/emulator"
import {
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  MP3,
  Mp4OutputFormat,
  Output
} from "mediabunny"

type Bytes = Uint8Array<ArrayBuffer>

/** A video, and audio in each format, from the emulator. */
export interface RealMedia {
  /** 3 s, 1280x720, 24 fps. */
  readonly mp4: Bytes
  /** 4 s, plus the padding of the encoder's last block. */
  readonly mp3: Bytes
  /** 4 s, exactly. */
  readonly wav: Bytes
  /** The MP3's audio in an MP4 without video. */
  readonly m4a: Bytes
  /** 3 s of silence. */
  readonly aac: Bytes
}

export const makeRealMedia = async (): Promise<RealMedia> => {
  const emulator = await runEmulator({ speed: 1_000_000 })
  const kling = createKling({ apiKey: emulator.apiKey, baseUrl: emulator.url })
  try {
    const videoTask = await kling.submit("new.t2v.kling-3.0-turbo", { prompt: "a lighthouse", durationSeconds: 3 })
    const audioTask = await kling.submit("legacy.text-to-audio", { prompt: "waves", durationSeconds: 4 })
    const [video] = (await kling.wait(videoTask.handle)).outputs
    const [audio] = (await kling.wait(audioTask.handle)).outputs
    if (video?.type !== "video" || audio?.type !== "audio" || audio.wavUrl === undefined) throw new Error("no results")
    const [mp4, mp3, wav] = await Promise.all([video.url, audio.url, audio.wavUrl].map(fetchBytes))
    if (mp4 === undefined || mp3 === undefined || wav === undefined) throw new Error("no files")
    return { mp4, mp3, wav, m4a: await packM4a(mp3), aac: silentAac(3) }
  } finally {
    await kling.close()
    await emulator.close()
  }
}

const fetchBytes = async (url: string): Promise<Bytes> => new Uint8Array(await (await fetch(url)).arrayBuffer())

const packM4a = async (mp3: Bytes): Promise<Bytes> => {
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target })
  const audio = new EncodedAudioPacketSource("mp3")
  output.addAudioTrack(audio)
  await output.start()
  const track = await new Input({ source: new BufferSource(mp3), formats: [MP3] }).getPrimaryAudioTrack()
  const decoderConfig = await track?.getDecoderConfig()
  if (!track || !decoderConfig) throw new Error("no audio track")
  for await (const packet of new EncodedPacketSink(track).packets()) await audio.add(packet, { decoderConfig })
  await output.finalize()
  return new Uint8Array(target.buffer ?? new ArrayBuffer())
}

/** ADTS frames of 1024 samples at 44.1 kHz, mono, each a header and a few empty bytes. */
const silentAac = (seconds: number): Bytes => {
  const frameBytes = 16
  const frames = Math.round((seconds * 44_100) / 1024)
  const bytes = new Uint8Array(frames * frameBytes)
  for (let frame = 0; frame < frames; frame++) {
    const header = [
      0xff,
      0xf1,
      0x50,
      0x40 | (frameBytes >> 11),
      (frameBytes >> 3) & 0xff,
      ((frameBytes & 7) << 5) | 0x1f,
      0xfc
    ]
    bytes.set(header, frame * frameBytes)
  }
  return bytes
}
