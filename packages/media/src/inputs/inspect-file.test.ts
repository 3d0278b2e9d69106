import { beforeAll, describe, expect, it } from "@effect/vitest"
import type { MediaRule } from "@klingkit/core"
import { legacyImage, newImage } from "@klingkit/core/internal"
import { Effect } from "effect"
import type { OpenFile } from "../files/file-host.ts"
import { makeRealMedia, type RealMedia } from "../testing/real-media.ts"
import { fileProblems } from "./file-problems.ts"
import { type FileFacts, inspectFile, maxFileBytes } from "./inspect-file.ts"

let media: RealMedia
beforeAll(async () => {
  media = await makeRealMedia()
})

const fileOf = (bytes: Uint8Array): OpenFile => ({
  realPath: "/upload",
  sizeBytes: bytes.length,
  read: (buffer, position) =>
    Effect.sync(() => {
      const part = bytes.subarray(position, position + buffer.length)
      buffer.set(part)
      return part.length
    })
})
const inspect = (bytes: Uint8Array) => inspectFile(fileOf(bytes))
const refusal = (bytes: Uint8Array) => Effect.map(Effect.flip(inspect(bytes)), ({ message }) => message)
const text = (content: string) => new TextEncoder().encode(content)

describe("a whole file", () => {
  it.effect("is what its content says", () =>
    Effect.gen(function* () {
      const { mp4, mp3, wav, m4a, aac } = media
      expect(yield* inspect(mp4)).toEqual({
        kind: "video",
        format: "mp4",
        mimeType: "video/mp4",
        bytes: mp4.length,
        width: 1280,
        height: 720,
        durationSeconds: 3,
        framesPerSecond: 24
      })
      const kinds = yield* Effect.forEach([mp3, wav, m4a, aac], (bytes) =>
        Effect.map(inspect(bytes), ({ kind, format, mimeType }) => `${kind} ${format} ${mimeType}`)
      )
      expect(kinds).toEqual([
        "audio mp3 audio/mpeg",
        "audio wav audio/wav",
        "audio m4a audio/mp4",
        "audio aac audio/aac"
      ])
    })
  )

  it.effect("is refused in words if it is not for Kling", () =>
    Effect.gen(function* () {
      expect(yield* refusal(text("<html>an error page</html>"))).toBe(
        "is not media; Kling takes image (jpg, png, webp), video (mp4, mov), audio (mp3, wav, m4a, aac, mp4, mov)"
      )
      expect(yield* refusal(text("GIF89a, and so on"))).toMatch(/^is gif; Kling takes image/)
      expect(yield* refusal(media.mp4.subarray(0, 200))).toMatch(/^begins like mp4 and cannot be read as that/)
      expect(yield* refusal(media.wav.subarray(0, -999))).toMatch(/^is a truncated wav file/)
      const long = new Uint8Array(5_100_000)
      long.set(media.mp3)
      expect(yield* refusal(long)).toBe("has 5.1 MB; at most 5 MB allowed")
    })
  )

  it.effect("may be as large as the largest of its kind, which its first bytes tell", () =>
    Effect.gen(function* () {
      const { mp4, mp3 } = media
      const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0)
      expect(yield* Effect.forEach([mp4, mp3, png], maxFileBytes)).toEqual([500_000_000, 5_000_000, 50_000_000])
      expect((yield* Effect.flip(maxFileBytes(text("Dear Kling, ")))).message).toContain("is not media")
    })
  )
})

describe("for one input, a file", () => {
  const image: FileFacts = { kind: "image", format: "png", mimeType: "image/png", bytes: 20e6, width: 600, height: 400 }
  const video: FileFacts = { kind: "video", format: "mp4", mimeType: "video/mp4", bytes: 1e6, durationSeconds: 2 }
  const videoRule: MediaRule = { kind: "video", formats: ["mp4", "mov"], minSeconds: 3, maxSeconds: 10 }
  it.each([
    ["is of its kind", newImage, image, []],
    ["is not of its kind", newImage, video, ["is a video, not an image"]],
    ["is too large", legacyImage, image, ["has 20.0 MB; at most 10 MB allowed"]],
    ["is too small", newImage, { ...image, width: 200 }, ["is 200x400 pixels; each side must be at least 300"]],
    ["is too short", videoRule, video, ["is 2.0 s long; 3 to 10 s, nearest: 3 s"]],
    ["is a video for its sound", { ...videoRule, kind: "audio", minSeconds: 1 } as const, video, []]
  ] as const)("that %s", (_, rule, file, problems) => {
    expect(fileProblems(rule, file).map(({ message }) => message)).toEqual(problems)
  })
})
