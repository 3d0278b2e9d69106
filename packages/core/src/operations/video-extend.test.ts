import { describe, expect, it } from "vitest"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { videoExtend } from "./video-extend.ts"

roundTripBodies([videoExtend, `{"video_id":"871234567890123456","prompt":"the cat jumps","cfg_scale":0.5}`])

describe("extending a video", () => {
  it("says that its models are retired, and what it cost", () => {
    expect(videoExtend.state).toContain("2026-09-15")
    expect(videoExtend.price({ videoId: "1" })).toEqual({
      state: "unknown",
      rule: expect.stringContaining("2 video units per call (std) or 3.5 (pro)")
    })
  })
})
