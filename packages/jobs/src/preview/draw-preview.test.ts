import { describe, expect, it } from "@effect/vitest"
import jpeg from "jpeg-js"
import { deflateSync } from "node:zlib"
import { drawPreview } from "./draw-preview.ts"

type Pixel = readonly [red: number, green: number, blue: number, cover?: number]

interface Form {
  readonly colorType: 0 | 2 | 3 | 4 | 6
  readonly bitDepth?: 8 | 16
  readonly interlace?: 0 | 1
  /** Row filters by turns. */
  readonly filters?: ReadonlyArray<number>
}

const chunk = (type: string, data: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length)
  head.write(type, 4, "latin1")
  return Buffer.concat([head, data, Buffer.alloc(4)])
}

const header = (width: number, height: number, { colorType, bitDepth = 8, interlace = 0 }: Form): Buffer => {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width)
  data.writeUInt32BE(height, 4)
  data.set([bitDepth, colorType, 0, 0, interlace], 8)
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", data)])
}

/** A palette of 256 greys. */
const palette = chunk(
  "PLTE",
  Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3))
)

const samplesOf = (form: Form, [red, green, blue, cover = 255]: Pixel): ReadonlyArray<number> =>
  ({ 0: [red], 2: [red, green, blue], 3: [red], 4: [red, cover], 6: [red, green, blue, cover] })[form.colorType]

/** A PNG written by the specification alone, with any of its row filters. */
const png = (width: number, height: number, form: Form, color: (x: number, y: number) => Pixel): Uint8Array => {
  const { bitDepth = 8, filters = [0] } = form
  const step = (samplesOf(form, [0, 0, 0]).length * bitDepth) / 8
  let before = new Uint8Array(width * step)
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Uint8Array.from(
      Array.from({ length: width }, (_, x) =>
        samplesOf(form, color(x, y)).flatMap((one) => (bitDepth === 8 ? [one] : [one, 7]))
      ).flat()
    )
    const filter = filters[y % filters.length] ?? 0
    const filtered = row.map((value, at) => {
      const left = row[at - step] ?? 0
      const up = before[at] ?? 0
      const corner = at < step ? 0 : (before[at - step] ?? 0)
      const guess = left + up - corner
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner
      return value - ([0, left, up, (left + up) >> 1, paeth][filter] ?? 0)
    })
    before = row
    return Buffer.from([filter, ...filtered])
  })
  const data = deflateSync(Buffer.concat(rows))
  // Two pieces, since encoders part their data where they like.
  const parts = [data.subarray(0, 7), data.subarray(7)].map((part) => chunk("IDAT", part))
  return Buffer.concat([header(width, height, form), palette, ...parts, chunk("IEND", new Uint8Array())])
}

const halves = (x: number): Pixel => (x < 8 ? [240, 30, 30] : [30, 30, 240])

/** The colour at a place of a preview, rounded to tens: JPEG is not exact. */
const seen = (bytes: Uint8Array, x: number, y: number): ReadonlyArray<number> => {
  const { data, width } = jpeg.decode(bytes, { useTArray: true })
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)].map((one) => Math.round(one / 20) * 20)
}

/** Enough detail that it does not compress well. */
const noise = (x: number, y: number): Pixel => {
  const value = (seed: number) => (Math.imul(x * 7919 + y * 104_729 + seed, 2_654_435_761) >>> 24) & 255
  return [value(1), value(2), value(3)]
}

describe("a preview", () => {
  it("fits a chat: at most 768 pixels and 100 kB, of the same shape", async () => {
    for (const [width, height, shown] of [
      [1000, 500, [768, 384]],
      [400, 800, [384, 768]],
      [40, 30, [40, 30]]
    ] as const) {
      const drawn = await drawPreview([png(width, height, { colorType: 2 }, noise)])
      expect([drawn.width, drawn.height]).toEqual(shown)
      expect(drawn.bytes.length).toBeLessThanOrEqual(100_000)
      expect(jpeg.decode(drawn.bytes, { useTArray: true })).toMatchObject({ width: shown[0], height: shown[1] })
    }
  })

  it.each([
    { colorType: 2 },
    { colorType: 6 },
    { colorType: 2, bitDepth: 16 },
    { colorType: 2, filters: [1, 2, 3, 4, 0] },
    { colorType: 6, bitDepth: 16, filters: [4, 3, 2, 1] }
  ] as const)("shows the colours of a PNG of the form %j", async (form) => {
    const { bytes } = await drawPreview([png(16, 16, form, halves)])
    expect(seen(bytes, 2, 8)).toEqual([240, 40, 40])
    expect(seen(bytes, 13, 8)).toEqual([40, 40, 240])
  })

  it.each([{ colorType: 0 }, { colorType: 3 }, { colorType: 4, bitDepth: 16, filters: [4] }] as const)(
    "shows the greys of a PNG of the form %j",
    async (form) => {
      const { bytes } = await drawPreview([png(16, 16, form, (x) => (x < 8 ? [40, 0, 0] : [200, 0, 0]))])
      expect(seen(bytes, 2, 8)).toEqual([40, 40, 40])
      expect(seen(bytes, 13, 8)).toEqual([200, 200, 200])
    }
  )

  it("is white where the picture lets through what is behind it", async () => {
    const { bytes } = await drawPreview([png(16, 16, { colorType: 6 }, () => [0, 0, 0, 0])])
    expect(seen(bytes, 8, 8)).toEqual([260, 260, 260])
  })

  it("shows a series side by side, in reading order", async () => {
    const gray = (value: number) => png(800, 400, { colorType: 0 }, () => [value, 0, 0])
    const drawn = await drawPreview([gray(0), gray(100), gray(200)])
    expect(drawn).toMatchObject({ pictures: 3, width: 768, height: 388 })
    expect([seen(drawn.bytes, 190, 95), seen(drawn.bytes, 580, 95), seen(drawn.bytes, 190, 290)]).toEqual(
      [0, 100, 200].map((value) => [value, value, value])
    )
    expect(
      await drawPreview(Array.from({ length: 9 }, () => png(260, 90, { colorType: 0 }, () => [9, 0, 0])))
    ).toMatchObject({ pictures: 9, width: 766 })
  })

  it("is drawn of a JPEG too", async () => {
    const { bytes } = await drawPreview([png(16, 16, { colorType: 2 }, halves)])
    expect(seen((await drawPreview([bytes])).bytes, 2, 8)).toEqual([240, 40, 40])
  })

  it("says why there is none", async () => {
    const whole = png(16, 16, { colorType: 2 }, noise)
    for (const [picture, why] of [
      [new TextEncoder().encode("<html></html>"), "what came is not drawn; only PNG and JPEG are"],
      [Buffer.from("47494638396110001000", "hex"), "gif is not drawn; only PNG and JPEG are"],
      [whole.subarray(0, whole.length - 100), "the picture is broken"],
      [png(16, 16, { colorType: 2, interlace: 1 }, noise), "interlaced pictures are not drawn"],
      [header(16, 16, { colorType: 2 }), /broken|cut off/]
    ] as const) {
      await expect(drawPreview([picture])).rejects.toThrow(why)
    }
  })
})

describe("a picture that wants to fill the memory", () => {
  const growth = async (picture: Uint8Array): Promise<number> => {
    const before = process.memoryUsage().rss
    await drawPreview([picture]).catch(() => undefined)
    return (process.memoryUsage().rss - before) / 1e6
  }

  it("is refused by the size that it names, before anything is decoded", async () => {
    for (const [width, height] of [
      [60_000, 60_000],
      [0xffffffff, 1],
      [9000, 9000]
    ] as const) {
      const picture = Buffer.concat([
        header(width, height, { colorType: 2 }),
        chunk("IDAT", deflateSync(Buffer.alloc(99)))
      ])
      await expect(drawPreview([picture])).rejects.toThrow("is too large to be drawn")
    }
  })

  it("is read no further than its last row, however far its data would inflate", async () => {
    const bomb = deflateSync(Buffer.alloc(400_000_000))
    const picture = Buffer.concat([
      header(64, 64, { colorType: 2 }),
      chunk("IDAT", bomb),
      chunk("IEND", Buffer.alloc(0))
    ])
    expect(await growth(picture)).toBeLessThan(100)
    expect(await drawPreview([picture])).toMatchObject({ width: 64 })
  })

  it("is held row by row when it is as large as it says", async () => {
    const rows = deflateSync(Buffer.alloc(8000 * 8000 * 3 + 8000))
    const picture = Buffer.concat([
      header(8000, 8000, { colorType: 2 }),
      chunk("IDAT", rows),
      chunk("IEND", Buffer.alloc(0))
    ])
    expect(await growth(picture)).toBeLessThan(100)
  })
})
