import { describe, expect, it } from "@effect/vitest"
import jpeg from "jpeg-js"
import { deflateSync } from "node:zlib"
import { drawPreview } from "./draw-preview.ts"

type Pixel = readonly [red: number, green: number, blue: number, cover?: number]

interface PngFormat {
  readonly colorType: 0 | 2 | 3 | 4 | 6
  readonly bitDepth?: 8 | 16
  readonly interlace?: 0 | 1
  /** Row filters, cycled. */
  readonly filters?: ReadonlyArray<number>
}

const chunk = (type: string, data: Uint8Array): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length)
  head.write(type, 4, "latin1")
  return Buffer.concat([head, data, Buffer.alloc(4)])
}

const header = (width: number, height: number, { colorType, bitDepth = 8, interlace = 0 }: PngFormat): Buffer => {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width)
  data.writeUInt32BE(height, 4)
  data.set([bitDepth, colorType, 0, 0, interlace], 8)
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", data)])
}

/** A palette of 256 grays. */
const palette = chunk(
  "PLTE",
  Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3))
)

const samplesOf = (format: PngFormat, [red, green, blue, cover = 255]: Pixel): ReadonlyArray<number> =>
  ({ 0: [red], 2: [red, green, blue], 3: [red], 4: [red, cover], 6: [red, green, blue, cover] })[format.colorType]

/** A PNG encoder written from the specification, with any row filters. */
const png = (width: number, height: number, format: PngFormat, color: (x: number, y: number) => Pixel): Uint8Array => {
  const { bitDepth = 8, filters = [0] } = format
  const step = (samplesOf(format, [0, 0, 0]).length * bitDepth) / 8
  let before = new Uint8Array(width * step)
  const rows = Array.from({ length: height }, (_, y) => {
    const row = Uint8Array.from(
      Array.from({ length: width }, (_, x) =>
        samplesOf(format, color(x, y)).flatMap((one) => (bitDepth === 8 ? [one] : [one, 7]))
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
  // Two chunks, since encoders may split the data anywhere.
  const parts = [data.subarray(0, 7), data.subarray(7)].map((part) => chunk("IDAT", part))
  return Buffer.concat([header(width, height, format), palette, ...parts, chunk("IEND", new Uint8Array())])
}

const halves = (x: number): Pixel => (x < 8 ? [240, 30, 30] : [30, 30, 240])

/** The color at a position of a preview, rounded, because JPEG is not exact. */
const colorAt = (bytes: Uint8Array, x: number, y: number): ReadonlyArray<number> => {
  const { data, width } = jpeg.decode(bytes, { useTArray: true })
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)].map((one) => Math.round(one / 20) * 20)
}

/** Noise, so that it does not compress well. */
const noise = (x: number, y: number): Pixel => {
  const value = (seed: number) => (Math.imul(x * 7919 + y * 104_729 + seed, 2_654_435_761) >>> 24) & 255
  return [value(1), value(2), value(3)]
}

describe("a preview", () => {
  it("fits a chat: at most 768 pixels and 100 kB, with the same aspect ratio", async () => {
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
  ] as const)("has the colors of a PNG of type %j", async (format) => {
    const { bytes } = await drawPreview([png(16, 16, format, halves)])
    expect(colorAt(bytes, 2, 8)).toEqual([240, 40, 40])
    expect(colorAt(bytes, 13, 8)).toEqual([40, 40, 240])
  })

  it.each([{ colorType: 0 }, { colorType: 3 }, { colorType: 4, bitDepth: 16, filters: [4] }] as const)(
    "has the grays of a PNG of type %j",
    async (format) => {
      const { bytes } = await drawPreview([png(16, 16, format, (x) => (x < 8 ? [40, 0, 0] : [200, 0, 0]))])
      expect(colorAt(bytes, 2, 8)).toEqual([40, 40, 40])
      expect(colorAt(bytes, 13, 8)).toEqual([200, 200, 200])
    }
  )

  it("is white where the image is transparent", async () => {
    const { bytes } = await drawPreview([png(16, 16, { colorType: 6 }, () => [0, 0, 0, 0])])
    expect(colorAt(bytes, 8, 8)).toEqual([260, 260, 260])
  })

  it("tiles a series in reading order", async () => {
    const gray = (value: number) => png(800, 400, { colorType: 0 }, () => [value, 0, 0])
    const drawn = await drawPreview([gray(0), gray(100), gray(200)])
    expect(drawn).toMatchObject({ images: 3, width: 768, height: 388 })
    expect([colorAt(drawn.bytes, 190, 95), colorAt(drawn.bytes, 580, 95), colorAt(drawn.bytes, 190, 290)]).toEqual(
      [0, 100, 200].map((value) => [value, value, value])
    )
    expect(
      await drawPreview(Array.from({ length: 9 }, () => png(260, 90, { colorType: 0 }, () => [9, 0, 0])))
    ).toMatchObject({ images: 9, width: 766 })
  })

  it("is drawn from a JPEG too", async () => {
    const { bytes } = await drawPreview([png(16, 16, { colorType: 2 }, halves)])
    expect(colorAt((await drawPreview([bytes])).bytes, 2, 8)).toEqual([240, 40, 40])
  })

  it("fails with the reason", async () => {
    const complete = png(16, 16, { colorType: 2 }, noise)
    for (const [image, reason] of [
      [new TextEncoder().encode("<html></html>"), "no preview for this format: only PNG and JPEG are supported"],
      [Buffer.from("47494638396110001000", "hex"), "no preview for gif: only PNG and JPEG are supported"],
      [complete.subarray(0, complete.length - 100), "the image is corrupt"],
      [png(16, 16, { colorType: 2, interlace: 1 }, noise), "interlaced PNGs are not supported"],
      [header(16, 16, { colorType: 2 }), /corrupt|truncated/]
    ] as const) {
      await expect(drawPreview([image])).rejects.toThrow(reason)
    }
  })
})

describe("an image that would fill the memory", () => {
  const growth = async (image: Uint8Array): Promise<number> => {
    const before = process.memoryUsage().rss
    await drawPreview([image]).catch(() => undefined)
    return (process.memoryUsage().rss - before) / 1e6
  }

  it("is refused by its declared size, before anything is decoded", async () => {
    for (const [width, height] of [
      [60_000, 60_000],
      [0xffffffff, 1],
      [9000, 9000]
    ] as const) {
      const image = Buffer.concat([
        header(width, height, { colorType: 2 }),
        chunk("IDAT", deflateSync(Buffer.alloc(99)))
      ])
      await expect(drawPreview([image])).rejects.toThrow("is too large for a preview")
    }
  })

  it("is decoded no further than its last row, however much its data inflates to", async () => {
    const bomb = deflateSync(Buffer.alloc(400_000_000))
    const image = Buffer.concat([header(64, 64, { colorType: 2 }), chunk("IDAT", bomb), chunk("IEND", Buffer.alloc(0))])
    expect(await growth(image)).toBeLessThan(100)
    expect(await drawPreview([image])).toMatchObject({ width: 64 })
  })

  it("is decoded row by row when it is as large as declared", async () => {
    const rows = deflateSync(Buffer.alloc(8000 * 8000 * 3 + 8000))
    const image = Buffer.concat([
      header(8000, 8000, { colorType: 2 }),
      chunk("IDAT", rows),
      chunk("IEND", Buffer.alloc(0))
    ])
    expect(await growth(image)).toBeLessThan(100)
  })
})
