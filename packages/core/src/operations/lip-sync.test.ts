import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { advancedLipSync, identifyFace, oldLipSync } from "./lip-sync.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const video = "https://media.example/speaker.mp4"
const audio = "https://media.example/speech.mp3"
const face = { faceId: "0", audioId: "871", soundStartMs: 500, soundEndMs: 4500, soundInsertMs: 1000 }
const faces = (changes: object) => ({ sessionId: "s1", faces: [{ ...face, ...changes }] })

ruleCases(identifyFace, {
  "exactly-one-of-video-id-and-video-url": {
    rejected: { videoId: "871", videoUrl: video },
    says: "videoId and videoUrl are mutually exclusive",
    accepted: { videoUrl: video }
  }
})

ruleCases(advancedLipSync, {
  "exactly-one-of-audio-id-and-sound-file": {
    rejected: faces({ soundFile: audio }),
    says: "faces require either audioId or soundFile, not both",
    accepted: faces({})
  },
  "audio-lasts-two-seconds": {
    rejected: faces({ soundEndMs: 2499 }),
    says: "set soundEndMs to 2500 or more",
    accepted: faces({ soundEndMs: 2500 })
  },
  "audio-ends-within-video": {
    rejected: faces({ soundInsertMs: 56_001 }),
    says: "set soundInsertMs to 56000 or less",
    accepted: faces({ soundInsertMs: 56_000 })
  }
})

const spoken = { mode: "text2video", videoUrl: video, text: "Ship ahoy", voiceId: "oversea_male1" } as const
const recorded = { mode: "audio2video", videoUrl: video, audioType: "url", audioUrl: audio } as const
const inline = { mode: "audio2video", videoUrl: video, audioType: "file", audioFile: "SGVsbG8=" } as const

ruleCases(oldLipSync, {
  "exactly-one-of-video-id-and-video-url": {
    rejected: { mode: "text2video", text: "Ship ahoy", voiceId: "oversea_male1" },
    says: "videoId is required (or videoUrl)",
    accepted: spoken
  },
  "text-with-text2video": {
    rejected: { mode: "text2video", videoUrl: video, voiceId: "oversea_male1" },
    says: "text is required with mode text2video",
    accepted: spoken
  },
  "voice-id-with-text2video": {
    rejected: { ...recorded, voiceId: "oversea_male1" },
    says: "voiceId would be ignored with mode audio2video",
    accepted: spoken
  },
  "voice-language-with-text2video": {
    rejected: { ...recorded, voiceLanguage: "en" },
    says: "voiceLanguage would be ignored with mode audio2video",
    accepted: { ...spoken, voiceLanguage: "en" }
  },
  "voice-speed-with-text2video": {
    rejected: { ...recorded, voiceSpeed: 1.2 },
    says: "voiceSpeed would be ignored with mode audio2video",
    accepted: { ...spoken, voiceSpeed: 1.2 }
  },
  "audio-type-with-audio2video": {
    rejected: { mode: "audio2video", videoUrl: video, audioUrl: audio },
    says: "audioType is required with mode audio2video",
    accepted: recorded
  },
  "audio-file-with-type-file": {
    rejected: { mode: "audio2video", videoUrl: video, audioType: "file" },
    says: "audioFile is required with audioType file",
    accepted: inline
  },
  "audio-url-with-type-url": {
    rejected: { ...inline, audioUrl: audio },
    says: "audioUrl would be ignored with audioType file",
    accepted: recorded
  },
  "audio-file-with-audio2video": {
    rejected: { ...spoken, audioFile: "SGVsbG8=" },
    says: "audioFile would be ignored with mode text2video",
    accepted: inline
  },
  "audio-url-with-audio2video": {
    rejected: { ...spoken, audioUrl: audio },
    says: "audioUrl would be ignored with mode text2video",
    accepted: recorded
  }
})

roundTripBodies(
  [identifyFace, `{"video_id":"871234567890123456"}`],
  [
    advancedLipSync,
    `{"session_id":"829836802793406551","face_choose":[{"face_id":"0","sound_file":"SGVsbG8=","sound_start_time":0,
      "sound_end_time":3000,"sound_insert_time":1000,"sound_volume":2,"original_audio_volume":0}],
      "watermark_info":{"enabled":false},"callback_url":"https://hooks.example/kling"}`
  ],
  [
    oldLipSync,
    `{"input":{"mode":"text2video","video_id":"871234567890123456","text":"Ship ahoy","voice_id":"oversea_male1",
      "voice_language":"en","voice_speed":0.8},"callback_url":""}`
  ]
)

describe("lip-sync", () => {
  const decode = Schema.decodeUnknownSync(identifyFace.output ?? Schema.Never)

  it("reads the faces of a video, with ids as numbers or strings, or no face at all", () => {
    const answer = decode({
      session_id: "829836802793406551",
      face_data: [{ face_id: 0, face_image: "https://media.example/f.png", start_time: 0, end_time: 5200 }]
    })
    expect(answer.face_data?.[0]).toMatchObject({ face_id: 0, end_time: 5200 })
    expect(decode({ session_id: "1", face_data: null }).session_id).toBe("1")
  })

  it("takes one face at a time", () => {
    expect(problemsOf(advancedLipSync, { sessionId: "s1", faces: [face, face] })).toEqual([
      "faces has 2 entries; at most 1 allowed"
    ])
  })

  it("has no external id where Kling accepts none", () => {
    expect([identifyFace.externalId, oldLipSync.externalId, advancedLipSync.externalId]).toEqual([
      undefined,
      undefined,
      "external_task_id"
    ])
  })
})
