import { defaultVoice } from "@klingkit/core/requests"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

export const talkingAvatar: Prompt = {
  name: "talking_avatar",
  title: "Talking avatar",
  description: "Makes a portrait speak a text",
  needs: ["generate_image_to_video", "create_lipsync", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "portrait", description: "One face, seen from the front: URL, or path of a local file", required: true },
    { name: "words", description: "What it says", required: true },
    { name: "voice", description: `Kling's voice id; default ${defaultVoice}` }
  ],
  text: ({ portrait = "", words = "", voice = defaultVoice }, has) =>
    [
      `Make this portrait speak with Kling: ${quoted(portrait)}`,
      `What it says: ${quoted(words)}`,
      "",
      "Plan:",
      ...(has("create_avatar_video") && has("generate_audio")
        ? [
            `1. Speech: generate_audio with kind speech, text, voice ${voice}. It answers at once with a Task ID and the length of the audio; I listen to it first.`,
            "2. Video: create_avatar_video with the portrait as image_url and the speech as audio_id. The price depends on the length of the audio: until it is made, the quote has an upper bound, and a short text is cheap."
          ]
        : [
            `1. Video: generate_image_to_video with the portrait as image_url, prompt: the subject looks into the camera and talks calmly, the head nearly still, the camera fixed. duration: long enough for the words, at about two and a half words per second (these take about ${secondsOf(words)} s); check list_models for the model's durations, and shorten the words with me if they do not fit.`,
            `2. Speech: create_lipsync with the video's task_id once it has finished, tts_text (the words) and tts_voice ${voice}. Face and speech must each last at least 2 s.`
          ]),
      `3. ${priceFirst}`,
      "",
      "Then:",
      rhythm
    ].join("\n")
}

const secondsOf = (words: string): number => Math.max(2, Math.ceil(words.trim().split(/\s+/).length / 2.5))
