import { describe, expect, it } from "vitest"
import { gif, jpeg, png, webp } from "../testing/image-headers.ts"
import { legacyImage, tryOnImage } from "./media-rules.ts"
import { checkImageHeader, readImageHeader } from "./image-header.ts"

const refusal = (head: Uint8Array, rule = legacyImage) => checkImageHeader(rule, readImageHeader(head))

describe("the header of an image", () => {
  it("gives format and dimensions", () => {
    expect(readImageHeader(png(640, 480))).toEqual({ format: "png", width: 640, height: 480 })
    expect(readImageHeader(jpeg(640, 480))).toEqual({ format: "jpg", width: 640, height: 480 })
    expect(readImageHeader(gif(640, 480))).toEqual({ format: "gif", width: 640, height: 480 })
    expect(readImageHeader(webp(640, 480))).toEqual({ format: "webp", width: 640, height: 480 })
  })

  it("applies the EXIF orientation to the dimensions", () => {
    expect(readImageHeader(jpeg(4000, 3000, { orientation: 6 }))).toMatchObject({ width: 3000, height: 4000 })
    expect(readImageHeader(jpeg(4000, 3000, { orientation: 1 }))).toMatchObject({ width: 4000, height: 3000 })
  })

  it("says what Kling may see in another way", () => {
    expect(readImageHeader(jpeg(400, 300, { orientation: 3 }))).toMatchObject({ width: 400, orientation: 3 })
    expect(readImageHeader(jpeg(400, 300, { orientation: 1 }))).not.toHaveProperty("orientation")
    expect(readImageHeader(jpeg(400, 300, { isCmyk: true, segmentBytes: 70_000 }))).toMatchObject({ isCmyk: true })
    expect(readImageHeader(jpeg(400, 300))).not.toHaveProperty("isCmyk")
  })

  it("is found after a large colour profile", () => {
    expect(readImageHeader(jpeg(640, 480, { segmentBytes: 400_000 }))).toMatchObject({ width: 640, height: 480 })
  })

  it("is absent when the bytes are not an image or are truncated", () => {
    for (const text of ["", "hello", "<svg", "%PDF-1.7", "\u0089PNG"]) {
      expect(readImageHeader(new TextEncoder().encode(text))).toBeUndefined()
    }
    expect(readImageHeader(png(640, 480).slice(0, 18))).toBeUndefined()
    expect(readImageHeader(jpeg(640, 480).slice(0, 8))).toBeUndefined()
  })
})

describe("an image that Kling would reject", () => {
  it("has an unsupported format", () => {
    expect(refusal(gif(640, 480))).toBe("is gif; only jpg and png are accepted")
    expect(refusal(webp(640, 480))).toBe("is webp; only jpg and png are accepted")
    expect(refusal(webp(640, 480), tryOnImage)).toBeUndefined()
    expect(refusal(new TextEncoder().encode("hello"))).toBe("is not a readable image; only jpg and png are accepted")
  })

  it("has a side that is too short or too long", () => {
    expect(refusal(png(299, 400))).toBe("is 299x400 pixels; each side must be at least 300")
    expect(refusal(jpeg(400, 299))).toBe("is 400x299 pixels; each side must be at least 300")
    expect(refusal(png(300, 300))).toBeUndefined()
    expect(refusal(png(2049, 2000), tryOnImage)).toBe("is 2049x2000 pixels; each side must be at most 2048")
  })

  it("has an aspect ratio out of range", () => {
    expect(refusal(png(1001, 400))).toBe("is 1001x400 pixels; the aspect ratio must be between 1:2.5 and 2.5:1")
    expect(refusal(png(400, 1001))).toBe("is 400x1001 pixels; the aspect ratio must be between 1:2.5 and 2.5:1")
    for (const [width, height] of [
      [1000, 400],
      [400, 1000],
      [750, 300]
    ] as const) {
      expect(refusal(png(width, height))).toBeUndefined()
    }
  })
})
