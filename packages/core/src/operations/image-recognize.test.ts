import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { imageRecognize } from "./image-recognize.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"

roundTripBodies([imageRecognize, `{"image":"https://media.example/sailor.png"}`])

describe("image recognition", () => {
  it("reads segments, and that an image does not contain one", () => {
    const read = Schema.decodeUnknownSync(imageRecognize.output ?? Schema.Never)
    const images = [
      { type: "object_seg", is_contain: true, url: "https://media.example/object.png" },
      { type: "cloth_seg", is_contain: false, url: "" }
    ]
    expect(read({ task_id: "t1", task_status: "succeed", task_result: { images } }).task_result?.images).toEqual(images)
  })

  it("is paid and cannot be looked up, so it is a call without an external id", () => {
    expect(imageRecognize).toMatchObject({ kind: "call", billed: true, listed: false })
    expect(imageRecognize.externalId).toBeUndefined()
  })
})
