import { createSoundtrack } from "./create-soundtrack.ts"
import { createSpeech } from "./create-speech.ts"
import type { AnyRequest } from "./request.ts"

type Medium = "image" | "video" | "audio"

/** The media that a request makes, first the one that is worth keeping. */
export const madeMedia = (request: AnyRequest): ReadonlyArray<Medium> => {
  // Kling returns a soundtrack inside its video, and beside it.
  if (request === createSoundtrack) return ["video", "audio"]
  // It is in the answer, which is kept.
  if (request === createSpeech) return ["audio"]
  const { result } = request
  return result === "image" || result === "video" || result === "audio" ? [result] : []
}
