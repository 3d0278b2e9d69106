import { defaultVoice } from "@klingkit/core/requests"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

export const talkingAvatar: Prompt = {
  name: "talking_avatar",
  title: "Talking avatar",
  description: "Makes a portrait speak a text",
  needs: ["generate_audio", "create_avatar_video", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "portrait", description: "One face, seen from the front: URL, or path of a local file", required: true },
    { name: "words", description: "What it says", required: true },
    { name: "voice", description: `Kling's voice id; default ${defaultVoice}` }
  ],
  text: ({ portrait = "", words = "", voice = defaultVoice }) =>
    [
      `Make this portrait speak with Kling: ${quoted(portrait)}`,
      `What it says: ${quoted(words)}`,
      "",
      "Plan:",
      `1. Speech: generate_audio with kind speech, text, voice ${voice}. It answers at once with a Task ID and the length of the audio; I listen to it first.`,
      "2. Video: create_avatar_video with the portrait as image_url and the speech as audio_id. The price depends on the length of the audio: until it is made, the quote has an upper bound, and a short text is cheap.",
      `3. ${priceFirst}`,
      "",
      "Then:",
      rhythm
    ].join("\n")
}
