import { describe, expect, it } from "vitest"
import { mediaProblems } from "./check-media.ts"

const rule = {
  kind: "video",
  formats: ["mp4"],
  maxMegabytes: 100,
  minSeconds: 2,
  maxSeconds: 60,
  minPixels: 512,
  maxPixels: 2160,
  fps: [24, 30]
} as const

describe("what Kling would reject about a file", () => {
  it("is data beside the sentence: what was given, the limit, and the nearest valid value", () => {
    const facts = { format: "mov", durationSeconds: 75, width: 300, height: 600, framesPerSecond: 25 } as const
    expect(mediaProblems(rule, facts, 120_000_000)).toEqual([
      { message: "is mov; supported: mp4", given: "mov", limit: { values: ["mp4"] } },
      { message: "has 120.0 MB; at most 100 MB allowed", given: 120, limit: { max: 100 } },
      {
        message: "is 75.0 s long; 2 to 60 s, nearest: 60 s",
        given: 75,
        limit: { min: 2, max: 60 },
        nearest: 60
      },
      {
        message: "is 300x600 pixels; each side: 512 to 2160 pixels, nearest: 512",
        limit: { min: 512, max: 2160 },
        nearest: 512
      },
      { message: "has 25 fps; supported: 24, 30, nearest: 24", given: 25, limit: { values: [24, 30] }, nearest: 24 }
    ])
  })

  it("is nothing for a file within all limits", () => {
    const facts = { format: "mp4", durationSeconds: 10, width: 720, height: 720, framesPerSecond: 30 } as const
    expect(mediaProblems(rule, facts, 1000)).toEqual([])
  })
})
