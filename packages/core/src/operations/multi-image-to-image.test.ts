import { describe, expect, it } from "vitest"
import { multiImageToImage } from "./multi-image-to-image.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf } from "./testing/rule-cases.ts"

const subject = "https://example.com/subject.png"

roundTripBodies([
  multiImageToImage,
  `{"model_name":"kling-v2-1","prompt":"two friends at a harbour, as a woodcut",
        "subject_image_list":[{"subject_image":"https://example.com/a.png"},{"subject_image":"https://example.com/b.png"}],
        "scene_image":"https://example.com/harbour.jpg","style_image":"https://example.com/woodcut.png",
        "n":2,"aspect_ratio":"9:16"}`
])

describe("multi-image to image", () => {
  it("needs 1 to 4 subjects", () => {
    expect(problemsOf(multiImageToImage, {})).toEqual(["subjectImages is required"])
    expect(problemsOf(multiImageToImage, { subjectImages: [] })).toEqual([expect.stringContaining("at least 1")])
    expect(problemsOf(multiImageToImage, { subjectImages: Array.from({ length: 5 }, () => subject) })).toEqual([
      expect.stringContaining("at most 4")
    ])
    expect(problemsOf(multiImageToImage, { subjectImages: [subject, subject] })).toEqual([])
  })

  it("does not offer the negative prompt that only a sample shows", () => {
    expect(problemsOf(multiImageToImage, { subjectImages: [subject], negativePrompt: "rain" })).toEqual([
      expect.stringContaining("is not a known parameter")
    ])
  })

  it("costs 16 image units an image", () => {
    expect(multiImageToImage.price({ subjectImages: [subject] })).toMatchObject({ units: 16, priceUsd: 0.056 })
    expect(multiImageToImage.price({ subjectImages: [subject], n: 9 })).toMatchObject({ units: 144, state: "exact" })
  })
})
