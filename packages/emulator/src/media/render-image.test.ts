import { decode } from "fast-png"
import { describe, expect, it } from "vitest"
import { fontFiles } from "../server/font-files.ts"
import type { ImageSpec } from "./media-request.ts"
import { renderImage } from "./render-image.ts"

const fonts = fontFiles()
const render = (spec: Partial<ImageSpec>) =>
  renderImage({ width: 320, height: 320, text: "A lighthouse", seed: 1, ...spec }, fonts)

/** Bright pixels in the part of the image where the prompt is drawn. */
const lettering = async (spec: Partial<ImageSpec>): Promise<ReadonlyArray<number>> => {
  const { width, height, data, channels } = decode(await render(spec))
  const bright: Array<number> = []
  for (let at = Math.floor(width * height * 0.15); at < width * height * 0.5; at++) {
    if ((data[at * channels] ?? 0) > 200 && (data[at * channels + 2] ?? 0) > 200) bright.push(at)
  }
  return bright
}

describe("renderImage", () => {
  it.each([
    [1024, 1024],
    [301, 777],
    [16, 16]
  ])("is a PNG of exactly %i x %i", async (width, height) => {
    const png = decode(await render({ width, height }))
    expect([png.width, png.height, png.channels, png.depth]).toEqual([width, height, 3, 8])
  })

  it("gives the same bytes for the same request, and others for another seed", async () => {
    const first = await render({})
    expect(await render({})).toEqual(first)
    expect(await render({ seed: 2 })).not.toEqual(first)
  })

  it("draws the prompt, Chinese included, and nothing for an empty one", async () => {
    const [lighthouse, cat, chinese, nothing] = await Promise.all(
      ["A lighthouse", "A cat", "灯塔", ""].map((text) => lettering({ text }))
    )
    expect(nothing).toEqual([])
    expect(cat?.length).toBeGreaterThan(50)
    expect(lighthouse?.length).toBeGreaterThan(cat?.length ?? 0)
    expect(chinese?.length).toBeGreaterThan(50)
    expect(chinese).not.toEqual(cat)
  })

  it("treats any prompt as plain text", async () => {
    const hostile = `</text><script>&amp;\u0000\u001B[31m\u202E${"x".repeat(20_000)}\uDC00`
    expect(decode(await render({ text: hostile })).width).toBe(320)
  })

  it.each([
    [{ width: 0 }, "width"],
    [{ height: 10_000 }, "height"],
    [{ width: 300.5 }, "width"]
  ])("rejects %j and names the field", async (spec, field) => {
    await expect(render(spec)).rejects.toThrow(new RegExp(`^${field} must be`))
  })
})
