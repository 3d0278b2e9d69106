import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { sampleVideo } from "../testing/file-server.ts"
import { detectTruncation } from "./detect-truncation.ts"

const ascii = (text: string) => [...new TextEncoder().encode(text)]
const number = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
const box = (type: string, length: number, size = length + 8) => [
  ...number(size),
  ...ascii(type),
  ...Array.from({ length }, () => 0)
]
const file = (...parts: ReadonlyArray<ReadonlyArray<number>>) => Uint8Array.from(parts.flat())
const truncationOf = (extension: string, bytes: Uint8Array) =>
  detectTruncation(extension, bytes.length, (at, length) => Effect.succeed(bytes.subarray(at, at + length)))

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

const segment = (marker: number, ...content: ReadonlyArray<number>) => [0xff, marker, 0, content.length + 2, ...content]
/** Its thumbnail has an end marker of its own, and its compressed data contains escaped and restart markers. */
const jpeg = file(
  [0xff, 0xd8],
  segment(0xe1, 1, 2, 0xff, 0xd8, 0xff, 0xd9),
  segment(0xda, 1, 2),
  [7, 0xff, 0, 7, 0xff, 0xd0, 7],
  segment(0xc4, 0xff, 0xd9),
  segment(0xda, 1, 2),
  [7, 7, 0xff, 0xff, 0xd9]
)
const gif = file(
  ascii("GIF89a"),
  [1, 0, 1, 0, 0x80, 0, 0, 1, 1, 1, 2, 2, 2],
  [0x21, 0xf9, 4, 0, 0, 0, 0, 0],
  [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0],
  [0x3b]
)
/** 32 kbit/s at 48 kHz: each frame has 96 bytes. */
const frame = (...content: ReadonlyArray<number>) => [
  0xff,
  0xfb,
  0x14,
  0,
  ...content,
  ...Array.from({ length: 92 - content.length }, () => 0)
]
const info = [...Array.from({ length: 32 }, () => 0), ...ascii("Info"), ...number(3), ...number(2), ...number(288)]
const mp3 = file(frame(...info), frame(), frame())

describe("a complete file", () => {
  const complete: Readonly<Record<string, readonly [string, Uint8Array]>> = {
    "a video whose index is first": ["mp4", file(ftyp, box("moov", 50), box("mdat", 900))],
    "a video whose index is last": ["mov", file(ftyp, box("free", 0), box("mdat", 900), box("moov", 50))],
    "a video whose media data has a 64-bit size": [
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
    "a video whose last box extends to the end": ["mp4", file(ftyp, box("moov", 9), box("mdat", 99, 0))],
    "a video with trailing bytes": ["mp4", file(ftyp, box("moov", 9), box("mdat", 9), [1, 2, 3])],
    "a fragmented video": ["mp4", file(ftyp, box("moov", 9), box("moof", 9), box("mdat", 9), box("moof", 9))],
    "an image": ["png", png(["IHDR", 13], ["IDAT", 500], ["IEND", 0])],
    "an image in RIFF": ["webp", riff(92, 100)],
    "audio of unknown length": ["wav", riff(0xffffffff, 100)],
    "an image with a thumbnail and two scans": ["jpg", jpeg],
    "an image with a film after its end": ["jpg", file([...jpeg], box("ftyp", 16))],
    "an animation": ["gif", gif],
    "audio of an encoder that counts its frames": ["mp3", mp3],
    "audio with a tag at each end": [
      "mp3",
      file([...ascii("ID3"), 4, 0, 0, 0, 0, 0, 3, 9, 9, 9], [...mp3], ascii("TAG"))
    ],
    "an image on ISO base media": ["avif", file(ftyp, box("meta", 50), box("mdat", 90))],
    "bytes that do not follow their format": ["mp3", file([0xff, 0xfb])]
  }
  it.effect.each(Object.keys(complete))("passes: %s", (name) =>
    Effect.gen(function* () {
      const [extension, bytes] = complete[name] ?? ["", new Uint8Array()]
      expect(yield* truncationOf(extension, bytes)).toBeUndefined()
    })
  )
})

describe("a truncated file", () => {
  it.effect("is detected at every length, for a video and an image", () =>
    Effect.gen(function* () {
      const video = file(ftyp, box("moov", 60), box("mdat", 300))
      const indexLast = file(ftyp, box("mdat", 300), box("moov", 60))
      const image = png(["IHDR", 13], ["IDAT", 200], ["IDAT", 100], ["IEND", 0])
      for (const [extension, bytes] of [
        ["mp4", video],
        ["mp4", indexLast],
        ["mp4", sampleVideo(500)],
        ["png", image],
        ["gif", gif],
        ["mp3", mp3],
        ["avif", file(ftyp, box("meta", 60), box("mdat", 300))]
      ] as const) {
        for (let length = 12; length < bytes.length - 12; length++) {
          expect(
            yield* truncationOf(extension, bytes.subarray(0, length)),
            `${extension} of ${length} bytes`
          ).toBeTypeOf("string")
        }
      }
    })
  )

  it.effect("is detected in a JPEG whichever of its parts is cut", () =>
    Effect.gen(function* () {
      for (let length = 2; length < jpeg.length - 1; length++) {
        expect(yield* truncationOf("jpg", jpeg.subarray(0, length)), `${length} bytes`).toBe("it ends early")
      }
      const long = file(
        [0xff, 0xd8],
        segment(0xda, 1, 2),
        Array.from({ length: 200_000 }, () => 7)
      )
      expect(yield* truncationOf("jpg", long)).toBe("it ends early")
      expect(yield* truncationOf("jpg", file([...long], [0xff, 0xd9]))).toBeUndefined()
    })
  )

  it.effect.each([
    ["mp4", file(ftyp, box("mdat", 900)), "its index is missing"],
    ["mp4", file(ftyp), "its index is missing"],
    ["mp4", file(ftyp, box("moov", 9), box("mdat", 9, 18)), "it ends early"],
    ["mp4", file(ftyp, box("moov", 9, 2 ** 31)), "it ends early"],
    ["mp4", file(ftyp, [...number(1), ...ascii("mdat")]), "it ends early"],
    ["png", png(["IHDR", 13], ["IDAT", 500]), "it ends early"],
    ["webp", riff(93, 100), "it ends early"]
  ] as const)("says why: %s %#", ([extension, bytes, why]) =>
    Effect.gen(function* () {
      expect(yield* truncationOf(extension, bytes)).toBe(why)
    })
  )
})
