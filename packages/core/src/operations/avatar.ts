import { resultRetentionDays } from "../kling-facts.ts"
import { avatarAudio, legacyImage } from "../media/media-rules.ts"
import { operation, sourceOf } from "../operation.ts"
import { enumOf, id, media, string } from "../params/param.ts"
import { perSourceSecond } from "../prices/video-prices.ts"
import { resolutionOfMode } from "./legacy-video.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { orderedReferences } from "./prompt-references.ts"

export const avatar = operation({
  id: "legacy.avatar",
  summary: "Generates a video of a portrait that speaks an audio track",
  family: "avatar",
  path: "/v1/videos/avatar/image2video",
  since: "2025-10-15",
  params: {
    image: media("image", legacyImage, { required: true }),
    audioId: id("audio_id", {
      resultOf: "audio",
      encodedAs: "string",
      notes: `from legacy.tts, younger than ${resultRetentionDays} days; this or soundFile`
    }),
    soundFile: media("sound_file", avatarAudio, { notes: "this or audioId" }),
    prompt: string("prompt", { maxLength: 2500, notes: "what the figure does while speaking" }),
    mode: enumOf("mode", ["std", "pro"], { default: "std", notes: "std = 720p, pro = 1080p" }),
    ...legacyOptions
  },
  rules: [exactlyOne("audioId", "soundFile"), orderedReferences({ image: ["image"] })],
  idOrMedia: ["audioId", "soundFile"],
  lengthFrom: ({ audioId, soundFile }) => sourceOf(audioId, soundFile),
  price: ({ mode = "std" }, seconds) =>
    perSourceSecond("avatar", "std/pro", resolutionOfMode[mode], {
      seconds,
      longestSeconds: avatarAudio.maxSeconds,
      why: "the length follows the audio, but not exactly: a 12.27 s video was billed as 11 s"
    }),
  expectedSeconds: ({ mode }) => (mode === "pro" ? 240 : 150),
  example: {
    image: "https://example.com/portrait.jpg",
    soundFile: "https://example.com/speech.mp3",
    prompt: "Friendly, to the camera"
  }
})
