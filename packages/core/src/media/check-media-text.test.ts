import { Base64 } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { base64, gif, jpeg, png } from "../testing/pictures.ts"
import { bareBase64, checkMediaText } from "./check-media-text.ts"
import { anySound, anyVideo, legacyImage, newImage } from "./media-rules.ts"

describe("a picture given as text", () => {
  it("may be a URL, which stays unopened", () => {
    expect(checkMediaText(legacyImage, "https://example.com/cat.png?size=1#x")).toBeUndefined()
    expect(checkMediaText(legacyImage, "HTTP://example.com/cat.png")).toBeUndefined()
    expect(checkMediaText(legacyImage, "https://")).toBe("is not a valid URL")
  })

  it("may be bare base64 of a picture that fits", () => {
    expect(checkMediaText(legacyImage, base64(png(640, 480)))).toBeUndefined()
    expect(checkMediaText(legacyImage, base64(jpeg(640, 480, { recordBytes: 600_000 })))).toBeUndefined()
    expect(checkMediaText(legacyImage, base64(png(640, 200)))).toContain("640x200 pixels")
    expect(checkMediaText(legacyImage, base64(gif(640, 480)))).toContain("is gif")
  })

  it("may not weigh more than its path takes: 10 MB on legacy paths, 50 MB on new ones", () => {
    const tenMegabytes = base64(png(640, 480), 10)
    const elevenMegabytes = base64(png(640, 480), 11)
    expect(checkMediaText(legacyImage, tenMegabytes)).toBeUndefined()
    expect(checkMediaText(legacyImage, elevenMegabytes)).toBe("has 11 MB; at most 10 MB are allowed")
    expect(checkMediaText(newImage, elevenMegabytes)).toBeUndefined()
    expect(checkMediaText(newImage, base64(png(640, 480), 50))).toBeUndefined()
    expect(checkMediaText(newImage, base64(png(640, 480), 51))).toBe("has 51 MB; at most 50 MB are allowed")
  })

  it("is weighed to the byte", () => {
    const exactly = Base64.encode(new Uint8Array(5_000_000))
    expect(exactly).toMatch(/=$/)
    expect(checkMediaText(anySound, exactly)).toBeUndefined()
    expect(checkMediaText(anySound, Base64.encode(new Uint8Array(5_000_001)))).toBe(
      "has 5.1 MB; at most 5 MB are allowed"
    )
  })

  it.each(["", "a cat", "file:///tmp/cat.png", "C:\\cat.png", "aGVsbG8=aGVsbG8=", "ftp://example.com/cat.png"])(
    "is neither in %j",
    (value) => {
      expect(checkMediaText(legacyImage, value)).toBe("is neither an http(s) URL nor base64 text")
    }
  )

  it("may not carry a data: prefix, which Kling would refuse", () => {
    expect(checkMediaText(legacyImage, `data:image/png;base64,${base64(png(640, 480))}`)).toContain("data: prefix")
  })
})

describe("bareBase64", () => {
  it("takes off what people paste along", () => {
    const bare = base64(png(640, 480))
    expect(bareBase64(`data:image/png;base64,${bare}`)).toBe(bare)
    expect(bareBase64(`DATA:image/png;charset=utf-8;base64,${bare}`)).toBe(bare)
    expect(bareBase64(` ${bare.slice(0, 20)}\r\n${bare.slice(20)}\n`)).toBe(bare)
    expect(bareBase64(bare)).toBe(bare)
  })
})

describe("a clip or a sound", () => {
  it("is taken by URL only when Kling has no upload for it", () => {
    expect(checkMediaText(anyVideo, "https://example.com/clip.mp4")).toBeUndefined()
    expect(checkMediaText(anyVideo, "AAAAGGZ0eXBpc29t")).toContain("videos are taken by URL only")
    expect(checkMediaText(anySound, "SUQzBAAAAAAA")).toBeUndefined()
    expect(checkMediaText(anySound, base64(new Uint8Array(12), 6))).toBe("has 6 MB; at most 5 MB are allowed")
  })
})
