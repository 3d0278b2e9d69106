import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { film } from "./testing/file-server.ts"
import { cutShort } from "./whole-media.ts"

const ascii = (text: string) => [...new TextEncoder().encode(text)]
const number = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
const box = (type: string, length: number, size = length + 8) => [
  ...number(size),
  ...ascii(type),
  ...Array.from({ length }, () => 0)
]
const file = (...parts: ReadonlyArray<ReadonlyArray<number>>) => Uint8Array.from(parts.flat())
const told = (extension: string, bytes: Uint8Array) =>
  cutShort(extension, bytes.length, (at, length) => Effect.succeed(bytes.subarray(at, at + length)))

const ftyp = box("ftyp", 16)
const png = (...chunks: ReadonlyArray<readonly [type: string, length: number]>) =>
  file(
    [0x89, ...ascii("PNG\r\n"), 0x1a, 10],
    ...chunks.map(([type, length]) => [
      ...number(length),
      ...ascii(type),
      ...Array.from({ length: length + 4 }, () => 0)
    ])
  )
const riff = (size: number, length: number) =>
  file(
    ascii("RIFF"),
    number(size).toReversed(),
    ascii("WEBP"),
    Array.from({ length: length - 12 }, () => 0)
  )

describe("a whole file", () => {
  const whole: Readonly<Record<string, readonly [string, Uint8Array]>> = {
    "a film whose index is first": ["mp4", file(ftyp, box("moov", 50), box("mdat", 900))],
    "a film whose index is last": ["mov", file(ftyp, box("free", 0), box("mdat", 900), box("moov", 50))],
    "a film whose pictures have a long size": [
      "mp4",
      file(
        ftyp,
        [
          ...number(1),
          ...ascii("mdat"),
          ...number(0),
          ...number(32),
          ...number(0).concat(number(0), number(0), number(0))
        ],
        box("moov", 9)
      )
    ],
    "a film whose last part goes to the end": ["mp4", file(ftyp, box("moov", 9), box("mdat", 99, 0))],
    "a film with something odd behind it": ["mp4", file(ftyp, box("moov", 9), box("mdat", 9), [1, 2, 3])],
    "a film in pieces": ["mp4", file(ftyp, box("moov", 9), box("moof", 9), box("mdat", 9), box("moof", 9))],
    "a picture": ["png", png(["IHDR", 13], ["IDAT", 500], ["IEND", 0])],
    "a picture in RIFF": ["webp", riff(92, 100)],
    "a sound of unknown length": ["wav", riff(0xffffffff, 100)],
    "a kind that says nothing of its length": ["mp3", file([0xff, 0xfb])]
  }
  it.effect.each(Object.keys(whole))("is taken: %s", (name) =>
    Effect.gen(function* () {
      const [extension, bytes] = whole[name] ?? ["", new Uint8Array()]
      expect(yield* told(extension, bytes)).toBeUndefined()
    })
  )
})

describe("a file that was cut short", () => {
  it.effect("is told at every length, for a film and a picture", () =>
    Effect.gen(function* () {
      const clip = file(ftyp, box("moov", 60), box("mdat", 300))
      const late = file(ftyp, box("mdat", 300), box("moov", 60))
      const still = png(["IHDR", 13], ["IDAT", 200], ["IDAT", 100], ["IEND", 0])
      for (const [extension, bytes] of [
        ["mp4", clip],
        ["mp4", late],
        ["mp4", film(500)],
        ["png", still]
      ] as const) {
        for (let length = 12; length < bytes.length - 12; length++) {
          expect(yield* told(extension, bytes.subarray(0, length)), `${extension} of ${length} bytes`).toBeTypeOf(
            "string"
          )
        }
      }
    })
  )

  it.effect.each([
    ["mp4", file(ftyp, box("mdat", 900)), "its index is missing"],
    ["mp4", file(ftyp), "its index is missing"],
    ["mp4", file(ftyp, box("moov", 9), box("mdat", 9, 18)), "it ends in the middle"],
    ["mp4", file(ftyp, box("moov", 9, 2 ** 31)), "it ends in the middle"],
    ["mp4", file(ftyp, [...number(1), ...ascii("mdat")]), "it ends in the middle"],
    ["png", png(["IHDR", 13], ["IDAT", 500]), "it ends in the middle"],
    ["webp", riff(93, 100), "it ends in the middle"]
  ] as const)("says why: %s %#", ([extension, bytes, why]) =>
    Effect.gen(function* () {
      expect(yield* told(extension, bytes)).toBe(why)
    })
  )
})
