import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"
import { createVoice, deleteVoice, presetVoices } from "./voices.ts"

const voiceUrl = "https://example.com/speaker.mp3"

ruleCases(createVoice, {
  "exactly-one-of-voice-url-and-video-id": {
    rejected: { name: "Mira", voiceUrl, videoId: "871234567890123456" },
    says: "videoId are mutually exclusive",
    accepted: { name: "Mira", videoId: "871234567890123456" }
  }
})

roundTripBodies(
  [
    createVoice,
    `{"voice_url":"https://example.com/s.wav","voice_name":"Mira","callback_url":"https://example.com/done"}`
  ],
  [deleteVoice, `{"voice_id":"871234567890123456"}`]
)

describe("voices", () => {
  it("need a recording or a video", () => {
    expect(problemsOf(createVoice, { name: "Mira" })).toEqual(["voiceUrl is required (or videoId)"])
    expect(problemsOf(createVoice, { name: "Mira", voiceUrl })).toEqual([])
    expect(problemsOf(createVoice, { name: "Mira", voiceUrl: "AAAA" })).toEqual([expect.stringContaining("URL")])
  })

  it("are paged by up to 1000", () => {
    expect(problemsOf(presetVoices, { pageNum: 1000, pageSize: 1000 })).toEqual([])
    expect(problemsOf(presetVoices, { pageSize: 1001 })).toEqual([expect.stringContaining("did you mean 1000?")])
  })

  it("of Kling's presets are task records without task_info and cost", () => {
    const read = Schema.decodeUnknownSync(presetVoices.output ?? Schema.Never)
    const [task] = read([
      {
        task_id: "t1",
        task_status: "succeed",
        task_result: {
          voices: [{ voice_id: "871234567890123456", voice_name: "Calm", trial_url: voiceUrl, owned_by: "kling" }]
        }
      }
    ])
    expect(task?.task_result?.voices?.[0]).toMatchObject({ voice_id: "871234567890123456", owned_by: "kling" })
  })

  it("are deleted whatever the response contains", () => {
    const deleted = Schema.decodeUnknownSync(deleteVoice.output ?? Schema.Never)
    expect(deleted(undefined)).toBeUndefined()
    expect(deleted({ task_id: "t1", task_status: "succeed", task_result: { voices: [] } })).toMatchObject({
      task_id: "t1"
    })
  })

  it("cost 0.05 video units each", () => {
    expect(createVoice.price({ name: "Mira", voiceUrl })).toMatchObject({
      state: "exact",
      pack: "video",
      units: 0.05,
      priceUsd: 0.007
    })
  })
})
