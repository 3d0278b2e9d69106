import { describe, expect, it } from "vitest"
import { readBody, writeBody } from "../params/body-path.ts"
import { parseJson, stringifyJson } from "../wire/json.ts"
import { omniImage } from "./omni-image.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, referenceCase, ruleCases } from "./testing/rule-cases.ts"

const prompt = "a lighthouse made of paper"
const omni = { prompt, model: "kling-v3-omni" } as const
const images = (count: number) => Array.from({ length: count }, (_, index) => `https://example.com/${index}.png`)
const elements = (count: number) => Array.from({ length: count }, (_, index) => `${900 + index}`)

ruleCases(omniImage, {
  "references-exist": referenceCase(omni, "<<<video_9>>>"),
  "resolution-of-model": {
    rejected: { prompt, resolution: "4k" },
    says: 'resolution 4k is not supported by kling-image-o1; set resolution to "2k"',
    accepted: { ...omni, resolution: "4k" }
  },
  "series-of-model": {
    rejected: { prompt, model: "kling-image-o1", resultType: "series" },
    says: 'resultType series is not supported by kling-image-o1; set model to "kling-v3-omni"',
    accepted: { ...omni, resultType: "series" }
  },
  "n-with-single": {
    rejected: { ...omni, resultType: "series", n: 2 },
    says: "n would be ignored with resultType series; set the number of images with seriesAmount",
    accepted: { ...omni, resultType: "single", n: 2 }
  },
  "series-amount-with-series": {
    rejected: { ...omni, seriesAmount: 3 },
    says: "seriesAmount would be ignored with resultType single",
    accepted: { ...omni, resultType: "series", seriesAmount: "auto" }
  },
  "images-and-elements": {
    rejected: { prompt, images: images(8), elements: elements(4) },
    says: "images and elements total 12; at most 10, so omit 2",
    accepted: { prompt, images: images(7), elements: elements(3) }
  }
})

roundTripBodies(
  [
    omniImage,
    `{"model_name":"kling-image-o1","prompt":"<<<image_1>>> beside <<<element_1>>>",
        "element_list":[{"element_id":829836802793406551}],
        "image_list":[{"image":"https://example.com/a.png"},{"image":"https://example.com/b.png"}],
        "resolution":"2k","n":1,"aspect_ratio":"3:2"}`
  ],
  [
    omniImage,
    `{"model_name":"kling-v3-omni","prompt":"a cover for each","element_list":[{"element_id":7},{"element_id":8}],
        "image_list":[{"image":"https://example.com/c.jpg"}],"resolution":"2k","result_type":"series","series_amount":2,
        "aspect_ratio":"auto","callback_url":"https://example.com/done","watermark_info":{"enabled":true}}`
  ]
)

describe("omni-image", () => {
  it("lets models pass that it does not know", () => {
    expect(problemsOf(omniImage, { prompt, model: "kling-v9-omni", resolution: "4k", resultType: "series" })).toEqual(
      []
    )
  })

  it("takes 2 to 9 images in a series, or auto", () => {
    const series = { ...omni, resultType: "series" }
    expect(problemsOf(omniImage, { ...series, seriesAmount: 9 })).toEqual([])
    expect(problemsOf(omniImage, { ...series, seriesAmount: 10 })).toEqual([expect.stringContaining("did you mean 9?")])
    expect(problemsOf(omniImage, { ...series, seriesAmount: "many" })).toHaveLength(1)
  })

  it("keeps all digits of an element id, as a bare number", () => {
    const body = `{"prompt":"x","element_list":[{"element_id":829836802793406551}]}`
    const input = readBody(omniImage.params, parseJson(body))
    expect(input["elements"]).toEqual(["829836802793406551"])
    expect(stringifyJson(writeBody(omniImage.params, input))).toBe(body)
  })

  it.each([
    [{ prompt }, 8, 0.028, "exact"],
    [{ prompt, n: 3 }, 24, 0.084, "exact"],
    [{ ...omni, resolution: "2k", n: 2 }, 16, 0.056, "exact"],
    [{ ...omni, resolution: "4k", n: 2 }, 32, 0.112, "exact"],
    [{ ...omni, resultType: "series" }, 32, 0.112, "exact"],
    [{ ...omni, resultType: "series", resolution: "4k", seriesAmount: 9 }, 144, 0.504, "exact"],
    [{ ...omni, resultType: "series", seriesAmount: "auto" }, 72, 0.252, "estimate"]
  ] as const)("prices %j", (input, units, priceUsd, state) => {
    expect(omniImage.price(input)).toMatchObject({ pack: "image", units, priceUsd, state })
  })

  it("says that the price of an unknown model is unknown", () => {
    expect(omniImage.price({ prompt, model: "kling-v9-omni" }).state).toBe("unknown")
  })
})
