import { assert, describe, it } from "@effect/vitest"
import { findOperation } from "@klingkit/core"
import { type Input, secondsOf, sizeOf, withDefaults } from "./settings.ts"

const settings = (id: string, input: Input) => {
  const operation = findOperation(id) ?? assert.fail(`${id} is not in the catalog`)
  return {
    operation,
    input,
    effective: withDefaults(operation, input),
    model: "",
    parentVideo: undefined,
    sourceAudioSeconds: undefined
  }
}

// The first bytes of a PNG of 600 x 800 pixels.
const portrait = "iVBORw0KGgoAAAANSUhEUgAAAlgAAAMgCAIAAAA="

describe("the size of a result", () => {
  it.each([
    ["new.t2v.kling-3.0", {}, [1280, 720]],
    ["new.t2v.kling-3.0", { aspectRatio: "9:16" }, [720, 1280]],
    ["new.t2v.kling-3.0", { aspectRatio: "1:1" }, [720, 720]],
    ["new.t2v.kling-3.0", { resolution: "1080p" }, [1920, 1080]],
    ["new.t2v.kling-3.0", { resolution: "4k" }, [3840, 2160]],
    ["legacy.text2video", { mode: "pro" }, [1920, 1080]],
    ["legacy.omni-video", {}, [1920, 1080]],
    ["new.i2v.kling-3.0", { firstFrame: portrait }, [720, 960]],
    ["new.i2v.kling-3.0", { firstFrame: "https://a.b/c.png" }, [1280, 720]],
    ["legacy.images.generations", {}, [1024, 576]],
    ["legacy.images.generations", { aspectRatio: "1:1", resolution: "2k" }, [2048, 2048]],
    ["legacy.images.generations", { aspectRatio: "2:3" }, [682, 1024]],
    ["legacy.images.omni-image", { resolution: "4k" }, [4096, 4096]],
    ["legacy.images.omni-image", { images: [portrait] }, [768, 1024]],
    ["legacy.images.expand", { image: portrait, leftExpansionRatio: 0.5, rightExpansionRatio: 0.5 }, [1200, 800]]
  ])("of %s %o is %o", (id, input, size) => {
    const { width, height } = sizeOf(settings(id, input))
    assert.deepStrictEqual([width, height], size)
  })
})

describe("the length of a result", () => {
  it("is as requested, else Kling's default", () => {
    assert.strictEqual(secondsOf(settings("new.t2v.kling-3.0", { durationSeconds: 12 })), 12)
    assert.strictEqual(secondsOf(settings("new.t2v.kling-3.0", {})), 5)
  })

  it("follows the source video; an extension adds to it", () => {
    const parentVideo = { id: "1", url: "", durationSeconds: 8 }
    assert.strictEqual(secondsOf({ ...settings("legacy.advanced-lip-sync", {}), parentVideo }), 8)
    assert.strictEqual(secondsOf({ ...settings("legacy.video-extend", {}), parentVideo }), 13)
  })

  it("of speech grows with the text", () => {
    const short = secondsOf(settings("legacy.tts", { text: "Ahoy" }))
    assert.isAbove(secondsOf(settings("legacy.tts", { text: "Ahoy ".repeat(50) })), short)
  })
})
