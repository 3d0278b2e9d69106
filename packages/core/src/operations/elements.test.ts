import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { parseJson } from "../wire/json.ts"
import {
  createElement,
  createOldElement,
  deleteElement,
  deleteOldElement,
  listOldElements,
  presetElements
} from "./elements.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const details = { name: "Mira", description: "a sailor with a red cap" }
const fromImages = {
  ...details,
  referenceType: "image_refer",
  frontalImage: "https://example.com/front.png",
  referenceImages: ["https://example.com/side.png"]
} as const
const fromVideo = {
  ...details,
  referenceType: "video_refer",
  referenceVideos: ["https://example.com/mira.mp4"]
} as const

ruleCases(createElement, {
  "frontal-image-with-image-refer": {
    rejected: { ...details, referenceType: "image_refer", referenceImages: fromImages.referenceImages },
    says: "frontalImage required when referenceType is image_refer",
    accepted: fromImages
  },
  "reference-images-with-image-refer": {
    rejected: { ...fromVideo, referenceImages: fromImages.referenceImages },
    says: 'referenceImages would be ignored: set referenceType to "image_refer" or omit it',
    accepted: fromImages
  },
  "reference-videos-with-video-refer": {
    rejected: { ...details, referenceType: "video_refer", referenceVideos: [] },
    says: "referenceVideos required when referenceType is video_refer",
    accepted: fromVideo
  }
})

const record = (id: string) =>
  `{"task_id":"t1","task_status":"succeed","task_status_msg":"","created_at":1790000000000,"updated_at":1790000000001,
    "task_result":{"elements":[{"element_id":${id},"element_name":"Mira","element_description":"a sailor",
    "reference_type":"video_refer","element_image_list":{},"element_video_list":{},"element_voice_info":{},
    "tag_list":[],"owned_by":"kling","status":"succeed"}]}}`

roundTripBodies(
  [
    createElement,
    `{"element_name":"Mira","element_description":"a sailor","reference_type":"image_refer",
        "element_image_list":{"frontal_image":"https://example.com/f.png",
          "refer_images":[{"image_url":"https://example.com/1.png"},{"image_url":"https://example.com/2.png"}]},
        "element_voice_id":"871234567890123456","tag_list":[{"tag_id":"o_102"}]}`
  ],
  [
    createElement,
    `{"element_name":"Mira","element_description":"a sailor","reference_type":"video_refer",
        "element_video_list":{"refer_videos":[{"video_url":"https://example.com/m.mp4"}]}}`
  ],
  [
    createOldElement,
    `{"element_name":"Mira","element_description":"a sailor","element_frontal_image":"https://example.com/f.png",
        "element_refer_list":[{"image_url":"https://example.com/1.png"}]}`
  ],
  [deleteElement, `{"element_id":"829836802793406551"}`],
  [deleteOldElement, `{"element_id":"829836802793406551"}`]
)

describe("elements", () => {
  it("accept one reference video at most, by URL", () => {
    const url = "https://example.com/mira.mp4"
    expect(problemsOf(createElement, { ...fromVideo, referenceVideos: [url, url] })).toHaveLength(1)
    expect(problemsOf(createElement, { ...fromVideo, referenceVideos: ["AAAA"] })).toEqual([
      expect.stringContaining("URL")
    ])
  })

  it("keep every digit of their ids in lists", () => {
    const presets = Schema.decodeUnknownSync(presetElements.output ?? Schema.Never)
    const [task] = presets(parseJson(`[${record("829836802793406551")}]`))
    expect(task?.task_result?.elements?.[0]?.element_id).toBe("829836802793406551")
    const [small] = presets(parseJson(`[${record("160")}]`))
    expect(String(small?.task_result?.elements?.[0]?.element_id)).toBe("160")
  })

  it("of the old library may be bare or inside task records", () => {
    const old = Schema.decodeUnknownSync(listOldElements.output ?? Schema.Never)
    const both = old(
      parseJson(`[${record("829836802793406551")},{"element_id":829836802793406552,"element_name":"Otto"}]`)
    )
    expect(both).toMatchObject([{ task_id: "t1" }, { element_id: "829836802793406552", element_name: "Otto" }])
    const created = Schema.decodeUnknownSync(createOldElement.output ?? Schema.Never)
    expect(created(parseJson(`{"element_id":829836802793406551}`))).toEqual({ element_id: "829836802793406551" })
  })

  it("are deleted with or without data in the response", () => {
    const deleted = Schema.decodeUnknownSync(deleteElement.output ?? Schema.Never)
    expect(deleted(undefined)).toBeUndefined()
    expect(deleted(null)).toBeNull()
    expect(deleted({ task_id: "t1", task_status: "succeed" })).toEqual({ task_id: "t1", task_status: "succeed" })
  })

  it("cost nothing", () => {
    expect(createElement.billed).toBe(false)
    expect(createElement.price(fromVideo)).toMatchObject({ state: "exact", units: 0, priceUsd: 0 })
  })
})
