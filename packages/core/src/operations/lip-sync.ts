import { Schema } from "effect"
import { anyAudio, anyVideo, faceVideo, lipSyncAudio } from "../media/media-rules.ts"
import { operation, sourceOf } from "../operation.ts"
import { enumOf, id, integer, media, number, objectArray, string } from "../params/param.ts"
import { lipSyncOf, lipSyncOfAnyVideo, lipSyncRate, perCall } from "../prices/call-prices.ts"
import { maybe, WireId, WireNumber } from "../wire/fields.ts"
import { oldLipSyncRules, audioWindowRules } from "./lip-sync-rules.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { sourceVideo } from "./source-video.ts"

export const identifyFace = operation({
  id: "legacy.identify-face",
  summary: "Detects the faces in a video and when each is visible: the first step of lip-sync",
  family: "lipsync",
  kind: "call",
  billed: true,
  path: "/v1/videos/identify-face",
  since: "2025-09-15",
  params: {
    ...sourceVideo(faceVideo)
  },
  rules: [exactlyOne("videoId", "videoUrl")],
  output: Schema.Struct({
    session_id: WireId,
    face_data: maybe(
      Schema.Array(
        Schema.Struct({
          face_id: WireId,
          face_image: maybe(Schema.String),
          start_time: maybe(WireNumber),
          end_time: maybe(WireNumber)
        })
      )
    )
  }),
  price: () => perCall("identify-face"),
  expectedSeconds: () => 10,
  example: { videoUrl: "https://example.com/walk.mp4" }
})

export const advancedLipSync = operation({
  id: "legacy.advanced-lip-sync",
  summary: "Makes one face of a video speak an audio track; the face comes from legacy.identify-face",
  family: "lipsync",
  path: "/v1/videos/advanced-lip-sync",
  since: "2025-09-15",
  params: {
    sessionId: id("session_id", { required: true, encodedAs: "string", notes: "from legacy.identify-face" }),
    faces: objectArray(
      "face_choose[]",
      {
        faceId: id("face_id", { required: true, encodedAs: "string", notes: "from legacy.identify-face" }),
        audioId: id("audio_id", {
          resultOf: "audio",
          encodedAs: "string",
          notes: "from legacy.tts; this or soundFile"
        }),
        soundFile: media("sound_file", lipSyncAudio, { notes: "this or audioId" }),
        soundStartMs: integer("sound_start_time", {
          required: true,
          min: 0,
          notes: "from the start of the audio: anything before is cut off"
        }),
        soundEndMs: integer("sound_end_time", {
          required: true,
          min: 0,
          notes: "from the start of the audio, and not past its end; at least 2 s after soundStartMs"
        }),
        soundInsertMs: integer("sound_insert_time", {
          required: true,
          min: 0,
          notes:
            "from the start of the video; the audio must overlap the face for at least 2 s and end within the video"
        }),
        soundVolume: number("sound_volume", { min: 0, max: 2, default: 1 }),
        originalAudioVolume: number("original_audio_volume", { min: 0, max: 2, default: 1 })
      },
      { required: true, min: 1, max: 1 }
    ),
    ...legacyOptions
  },
  rules: audioWindowRules,
  price: () => lipSyncRate,
  expectedSeconds: () => 120,
  example: {
    sessionId: "893605946402811985",
    faces: [
      {
        faceId: "0",
        soundFile: "https://example.com/speech.mp3",
        soundStartMs: 0,
        soundEndMs: 3000,
        soundInsertMs: 500
      }
    ]
  }
})

export const oldLipSync = operation({
  id: "legacy.lip-sync",
  summary: "Lip-sync to a text or audio, the older operation",
  family: "lipsyncold",
  path: "/v1/videos/lip-sync",
  confidence: "medium",
  since: "2024",
  state: "replaced by legacy.identify-face and legacy.advanced-lip-sync; gone from Kling's documentation",
  findableByExternalId: "no",
  params: {
    mode: enumOf("input.mode", ["text2video", "audio2video"], { required: true }),
    videoId: id("input.video_id", { resultOf: "video", encodedAs: "string", notes: "this or videoUrl" }),
    videoUrl: media("input.video_url", anyVideo, { notes: "this or videoId" }),
    text: string("input.text", { maxLength: 120, notes: "the spoken text, with mode text2video" }),
    voiceId: string("input.voice_id", { notes: "with mode text2video" }),
    voiceLanguage: enumOf("input.voice_language", ["zh", "en"], { default: "zh", notes: "with mode text2video" }),
    voiceSpeed: number("input.voice_speed", { min: 0.8, max: 2, default: 1, notes: "with mode text2video" }),
    audioType: enumOf("input.audio_type", ["file", "url"], { notes: "with mode audio2video" }),
    audioFile: media("input.audio_file", anyAudio, { notes: "with audioType file" }),
    audioUrl: media("input.audio_url", { ...anyAudio, urlOnly: true }, { notes: "with audioType url" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [exactlyOne("videoId", "videoUrl"), ...oldLipSyncRules],
  lengthFrom: ({ videoId, videoUrl }) => sourceOf(videoId, videoUrl),
  price: (_input, seconds) => (seconds === undefined ? lipSyncOfAnyVideo : lipSyncOf(seconds)),
  expectedSeconds: () => 120,
  example: {
    mode: "text2video",
    videoUrl: "https://example.com/walk.mp4",
    text: "Good morning",
    voiceId: "oversea_male1",
    voiceLanguage: "en"
  }
})
