import { describe, expect, it } from "vitest"
import { multiImageToVideo } from "./multi-image-to-video.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf } from "./testing/rule-cases.ts"

const url = "https://media.example/1.png"

roundTripBodies([
  multiImageToVideo,
  `{"model_name":"kling-v1-6","image_list":[{"image":"https://media.example/1.png"},
    {"image":"https://media.example/2.png"}],"prompt":"two cats meet","negative_prompt":"rain","mode":"pro",
    "duration":"10","aspect_ratio":"1:1"}`
])

describe("video from several images", () => {
  it("takes one to four images", () => {
    expect(problemsOf(multiImageToVideo, { images: [], prompt: "a cat" })).toEqual([
      "images has 0 entries; at least 1 required"
    ])
    expect(problemsOf(multiImageToVideo, { images: [url, url, url, url], prompt: "a cat" })).toEqual([])
  })

  it("says that its model is retired, what to use instead, and what it cost", () => {
    expect(multiImageToVideo.state).toContain("use omni video with reference images")
    expect(multiImageToVideo.price({ images: [url], prompt: "a cat" })).toEqual({
      state: "unknown",
      rule: expect.stringContaining("0.4 video units per second (std) or 0.7 (pro)")
    })
  })
})
