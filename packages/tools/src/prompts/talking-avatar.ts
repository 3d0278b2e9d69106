import { usualVoice } from "../inputs/speech-arguments.ts"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

export const talkingAvatar: Prompt = {
  name: "talking_avatar",
  title: "Talking avatar",
  description: "A portrait speaks a text",
  needs: ["generate_image_to_video", "create_lipsync", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "portrait", description: "One face, seen from the front: URL, or path of a local file", required: true },
    { name: "words", description: "What is said", required: true },
    { name: "voice", description: `Kling's voice id; default ${usualVoice}` }
  ],
  text: ({ portrait = "", words = "", voice = usualVoice }, has) =>
    [
      `Make this portrait speak with Kling: ${quoted(portrait)}`,
      `What is said: ${quoted(words)}`,
      "",
      "Plan:",
      ...(has("create_avatar_video") && has("generate_audio")
        ? [
            `1. Speech: generate_audio with kind speech, text, voice ${voice}. It answers at once, with the ID and the length of the sound; I listen first.`,
            "2. Film: create_avatar_video with the portrait as image_url and the sound's ID as audio_id. It is paid by the length of the sound, so a short text is a cheap one."
          ]
        : [
            `1. Clip: generate_image_to_video with the portrait as image_url. Prompt: the person looks into the camera and talks calmly, the head nearly still, the camera fixed. duration: long enough for the words, at about two and a half a second (these may take ${secondsOf(words)} s); ask list_models what the model takes, and shorten the words with me if they do not fit.`,
            `2. Speech: create_lipsync with the finished clip's task_id, tts_text (the words) and tts_voice ${voice}. Face and speech must each last 2 s or more.`
          ]),
      `3. ${priceFirst}`,
      "",
      "Make:",
      rhythm
    ].join("\n")
}

const secondsOf = (words: string): number => Math.max(2, Math.ceil(words.trim().split(/\s+/).length / 2.5))
