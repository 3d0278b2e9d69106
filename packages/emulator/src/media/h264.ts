// Encodes frames as H.264, with minih264 compiled to WebAssembly. Its MP4 is an intermediate: it has no key frame table
// and contains the current time; `mp4.ts` remuxes its frames.
import h264Encoder from "h264-mp4-encoder"
import type { Frame } from "./frame.ts"

export const keyFrameEvery = 48

let files = 0

/** Encodes `count` frames; `paint` fills the one frame buffer for each. */
export const encodeFrames = async (
  frame: Frame,
  count: number,
  paint: (index: number) => void
): Promise<Uint8Array<ArrayBuffer>> => {
  const encoder = await h264Encoder.createH264MP4Encoder()
  try {
    // All encoders share one file system in memory.
    encoder.outputFilename = `${++files}.mp4`
    encoder.width = frame.width
    encoder.height = frame.height
    encoder.frameRate = 24
    encoder.speed = 10
    encoder.quantizationParameter = 30
    encoder.groupOfPictures = keyFrameEvery
    encoder.initialize()
    for (let index = 0; index < count; index++) {
      paint(index)
      encoder.addFrameYuv(frame.bytes)
    }
    encoder.finalize()
    const bytes = encoder.FS.readFile(encoder.outputFilename)
    encoder.FS.unlink(encoder.outputFilename)
    return new Uint8Array(bytes)
  } finally {
    encoder.delete()
  }
}
