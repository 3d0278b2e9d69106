import { describe, expect, it } from "vitest"
import { gif, jpeg, png, webp } from "../testing/pictures.ts"
import { legacyImage, tryOnImage } from "./media-rules.ts"
import { checkPicture, readPicture } from "./picture.ts"

const refusal = (head: Uint8Array, rule = legacyImage) => checkPicture(rule, readPicture(head))

describe("a picture's first bytes", () => {
  it("tell format and size", () => {
    expect(readPicture(png(640, 480))).toEqual({ format: "png", width: 640, height: 480 })
    expect(readPicture(jpeg(640, 480))).toEqual({ format: "jpg", width: 640, height: 480 })
    expect(readPicture(gif(640, 480))).toEqual({ format: "gif", width: 640, height: 480 })
    expect(readPicture(webp(640, 480))).toEqual({ format: "webp", width: 640, height: 480 })
  })

  it("tell the size as it is seen, when a camera wrote that the picture lies on its side", () => {
    expect(readPicture(jpeg(4000, 3000, { orientation: 6 }))).toMatchObject({ width: 3000, height: 4000 })
    expect(readPicture(jpeg(4000, 3000, { orientation: 1 }))).toMatchObject({ width: 4000, height: 3000 })
  })

  it("may hold a large colour profile before the size", () => {
    expect(readPicture(jpeg(640, 480, { recordBytes: 400_000 }))).toMatchObject({ width: 640, height: 480 })
  })

  it("tell nothing when they are no picture, or end too early", () => {
    for (const text of ["", "hello", "<svg", "%PDF-1.7", "\u0089PNG"]) {
      expect(readPicture(new TextEncoder().encode(text))).toBeUndefined()
    }
    expect(readPicture(png(640, 480).slice(0, 18))).toBeUndefined()
    expect(readPicture(jpeg(640, 480).slice(0, 8))).toBeUndefined()
  })
})

describe("a picture that Kling would refuse", () => {
  it("is told by its type", () => {
    expect(refusal(gif(640, 480))).toBe("is gif; only jpg and png are taken")
    expect(refusal(webp(640, 480))).toBe("is webp; only jpg and png are taken")
    expect(refusal(webp(640, 480), tryOnImage)).toBeUndefined()
    expect(refusal(new TextEncoder().encode("hello"))).toBe("is not a readable picture; jpg and png are taken")
  })

  it("is told by its sides, whichever is short", () => {
    expect(refusal(png(299, 400))).toBe("is 299x400 pixels; each side needs at least 300")
    expect(refusal(jpeg(400, 299))).toBe("is 400x299 pixels; each side needs at least 300")
    expect(refusal(png(300, 300))).toBeUndefined()
    expect(refusal(png(2049, 2000), tryOnImage)).toBe("is 2049x2000 pixels; each side may have at most 2048")
  })

  it("is told by its shape", () => {
    expect(refusal(png(1001, 400))).toBe("is 1001x400 pixels; its shape must lie between 1:2.5 and 2.5:1")
    expect(refusal(png(400, 1001))).toBe("is 400x1001 pixels; its shape must lie between 1:2.5 and 2.5:1")
    for (const [width, height] of [
      [1000, 400],
      [400, 1000],
      [750, 300]
    ] as const) {
      expect(refusal(png(width, height))).toBeUndefined()
    }
  })
})
