import { ALL_FORMATS, FilePathSource, Input } from "mediabunny"
import { readFileSync } from "node:fs"

/** What a saved video or audio is, from its container. */
export const mediaFacts = async (path: string) => {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS })
  try {
    const video = await input.getPrimaryVideoTrack()
    return {
      seconds: Math.round(await input.computeDuration()),
      hasAudio: (await input.getPrimaryAudioTrack()) !== null,
      ...(video === null ? {} : { aspectRatio: ratioOf(await video.getDisplayWidth(), await video.getDisplayHeight()) })
    }
  } finally {
    input.dispose()
  }
}

/** Width to height of a saved PNG, such as `16:9`. */
export const pngAspectRatio = (path: string): string => {
  const bytes = readFileSync(path)
  return ratioOf(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
}

const known = { "16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1, "3:4": 3 / 4 }

const ratioOf = (width: number, height: number): string =>
  Object.entries(known).find(([, ratio]) => Math.abs(width / height / ratio - 1) < 0.02)?.[0] ?? `${width}:${height}`
