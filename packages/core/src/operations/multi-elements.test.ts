import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import {
  addSelection,
  clearSelection,
  deleteSelection,
  initSelection,
  multiElements,
  previewSelection
} from "./multi-elements.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/hat.png"
const edit = { sessionId: "s1", prompt: "a hat for the cat in <<<video_1>>>" }

ruleCases(initSelection, {
  "exactly-one-of-video-id-and-video-url": {
    rejected: {},
    says: "videoId is required (or videoUrl)",
    accepted: { videoId: "871" }
  }
})

ruleCases(multiElements, {
  "references-exist": {
    rejected: { ...edit, editMode: "addition", images: [image], prompt: "put <<<image_2>>> on the cat" },
    says: "prompt refers to <<<image_2>>>, but one image is given",
    accepted: { ...edit, editMode: "addition", images: [image], prompt: "put <<<image_1>>> on the cat" }
  },
  "images-of-edit-mode": {
    rejected: { ...edit, editMode: "swap", images: [image, image] },
    says: "images are 2; editMode swap takes exactly 1 image",
    accepted: { ...edit, editMode: "addition", images: [image, image] }
  }
})

roundTripBodies(
  [initSelection, `{"video_url":"https://media.example/cat.mp4"}`],
  [addSelection, `{"session_id":"829836802793406551","frame_index":0,"points":[{"x":0.25,"y":1},{"x":0,"y":0.5}]}`],
  [deleteSelection, `{"session_id":"829836802793406551","frame_index":0,"points":[{"x":0.25,"y":1}]}`],
  [clearSelection, `{"session_id":"829836802793406551"}`],
  [previewSelection, `{"session_id":"829836802793406551"}`],
  [
    multiElements,
    `{"session_id":"829836802793406551","edit_mode":"addition","image_list":[{"image":"https://media.example/h.png"}],
      "prompt":"a hat for the cat","negative_prompt":"rain","mode":"pro","duration":"10",
      "watermark_info":{"enabled":true},"callback_url":"https://hooks.example/kling"}`
  ]
)

describe("the multi-elements editor", () => {
  it("wants no images for a removal, and one at least for an addition", () => {
    expect(problemsOf(multiElements, { ...edit, editMode: "removal", images: [image] })).toEqual([
      "images are 1; editMode removal takes no images"
    ])
    expect(problemsOf(multiElements, { ...edit, editMode: "removal" })).toEqual([])
    expect(problemsOf(multiElements, { ...edit, editMode: "addition" })).toEqual([
      "images are 0; editMode addition takes 1 or 2 images"
    ])
  })

  it("names the point that lies outside the frame", () => {
    expect(problemsOf(addSelection, { sessionId: "s1", frameIndex: 0, points: [{ x: 0.5, y: 1.5 }] })).toEqual([
      "points[0].y 1.5 is outside 0 to 1; did you mean 1?"
    ])
  })

  it("selects free of charge", () => {
    for (const selection of [initSelection, addSelection, deleteSelection, clearSelection, previewSelection]) {
      expect(selection).toMatchObject({ kind: "call", billed: false })
      expect(selection.externalId).toBeUndefined()
    }
    expect(addSelection.price({ sessionId: "s1", frameIndex: 0, points: [{ x: 0, y: 0 }] }).units).toBe(0)
  })

  it("reads the responses, also one that rejects the video", () => {
    const opened = Schema.decodeUnknownSync(initSelection.output ?? Schema.Never)
    expect(
      opened({
        status: 0,
        session_id: "s1",
        fps: 30,
        original_duration: 5000,
        width: 1280,
        height: 720,
        total_frame: 150
      })
    ).toMatchObject({ status: 0, session_id: "s1", total_frame: 150 })
    expect(opened({ status: 3, session_id: null })).toMatchObject({ status: 3 })
    const selected = Schema.decodeUnknownSync(addSelection.output ?? Schema.Never)
    expect(
      selected({ status: 0, session_id: "s1", res: { frame_index: 0, rle_mask_list: [{ object_id: 0 }] } }).res
    ).toMatchObject({ frame_index: 0 })
    const preview = Schema.decodeUnknownSync(previewSelection.output ?? Schema.Never)
    expect(
      preview({ status: 0, session_id: "s1", res: { video: "https://media.example/v.mp4", video_cover: null } }).res
    ).toMatchObject({ video: "https://media.example/v.mp4" })
  })
})
