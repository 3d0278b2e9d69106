import { Base64 } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { base64, gif, jpeg, png } from "../testing/image-headers.ts"
import { bareBase64, checkMediaText } from "./check-media-text.ts"
import { anyAudio, anyVideo, legacyImage, newImage } from "./media-rules.ts"

describe("an image given as text", () => {
  it("may be a URL, which is not opened", () => {
    expect(checkMediaText(legacyImage, "https://example.com/cat.png?size=1#x")).toBeUndefined()
    expect(checkMediaText(legacyImage, "HTTP://example.com/cat.png")).toBeUndefined()
    expect(checkMediaText(legacyImage, "https://")).toBe("is not a valid URL")
  })

  it("may be bare base64 of a valid image", () => {
    expect(checkMediaText(legacyImage, base64(png(640, 480)))).toBeUndefined()
    expect(checkMediaText(legacyImage, base64(jpeg(640, 480, { segmentBytes: 600_000 })))).toBeUndefined()
    expect(checkMediaText(legacyImage, base64(png(640, 200)))).toContain("640x200 pixels")
    expect(checkMediaText(legacyImage, base64(gif(640, 480)))).toContain("is gif")
  })

  it("is limited to 10 MB on legacy paths and 50 MB on new ones", () => {
    const tenMegabytes = base64(png(640, 480), 10)
    const elevenMegabytes = base64(png(640, 480), 11)
    expect(checkMediaText(legacyImage, tenMegabytes)).toBeUndefined()
    expect(checkMediaText(legacyImage, elevenMegabytes)).toBe("is 11 MB; the limit is 10 MB")
    expect(checkMediaText(newImage, elevenMegabytes)).toBeUndefined()
    expect(checkMediaText(newImage, base64(png(640, 480), 50))).toBeUndefined()
    expect(checkMediaText(newImage, base64(png(640, 480), 51))).toBe("is 51 MB; the limit is 50 MB")
  })

  it("is measured to the byte", () => {
    const exactly = Base64.encode(new Uint8Array(5_000_000))
    expect(exactly).toMatch(/=$/)
    expect(checkMediaText(anyAudio, exactly)).toBeUndefined()
    expect(checkMediaText(anyAudio, Base64.encode(new Uint8Array(5_000_001)))).toBe("is 5.1 MB; the limit is 5 MB")
  })

  it.each(["", "a cat", "file:///tmp/cat.png", "C:\\cat.png", "aGVsbG8=aGVsbG8=", "ftp://example.com/cat.png"])(
    "is rejected: %j",
    (value) => {
      expect(checkMediaText(legacyImage, value)).toBe("is neither an http(s) URL nor base64")
    }
  )

  it("must not have a data: prefix, which Kling would reject", () => {
    expect(checkMediaText(legacyImage, `data:image/png;base64,${base64(png(640, 480))}`)).toContain("data: prefix")
  })
})

describe("bareBase64", () => {
  it("strips prefix and whitespace", () => {
    const bare = base64(png(640, 480))
    expect(bareBase64(`data:image/png;base64,${bare}`)).toBe(bare)
    expect(bareBase64(`DATA:image/png;charset=utf-8;base64,${bare}`)).toBe(bare)
    expect(bareBase64(` ${bare.slice(0, 20)}\r\n${bare.slice(20)}\n`)).toBe(bare)
    expect(bareBase64(bare)).toBe(bare)
  })
})

describe("video or audio", () => {
  it("is accepted by URL only when Kling has no upload for it", () => {
    expect(checkMediaText(anyVideo, "https://example.com/video.mp4")).toBeUndefined()
    expect(checkMediaText(anyVideo, "AAAAGGZ0eXBpc29t")).toContain("video input is accepted by URL only")
    expect(checkMediaText(anyAudio, "SUQzBAAAAAAA")).toBeUndefined()
    expect(checkMediaText(anyAudio, base64(new Uint8Array(12), 6))).toBe("is 6 MB; the limit is 5 MB")
  })
})
