import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { beforeAll, describe, expect, it } from "@effect/vitest"
import { findOperation, type MediaRule } from "@klingkit/core"
import { anyAudio } from "@klingkit/core/internal"
import { Effect, FileSystem, Layer, Path, Stream } from "effect"
import { Base64 } from "effect/encoding"
import { nodeFileHost } from "../node/node-file-host.ts"
import { readMediaInput } from "./media-input.ts"
import type { MediaConfig, MediaSource } from "./media-source.ts"
import { readOperationMedia } from "./operation-media.ts"
import { makeRealMedia, type RealMedia } from "../testing/real-media.ts"

let media: RealMedia

beforeAll(async () => {
  media = await makeRealMedia()
})

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHost)

/** A new folder with files, and a configuration that makes it readable. */
const folderWith = Effect.fnUntraced(function* (files: Readonly<Record<string, Uint8Array>>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
  for (const [name, bytes] of Object.entries(files)) yield* fs.writeFile(path.join(folder, name), bytes)
  const config: MediaConfig = {
    homeDir: folder,
    outputDir: path.join(folder, "out"),
    inputDirs: [folder]
  }
  return { config, at: (name: string) => path.join(folder, name) }
})

const read = (source: MediaSource, rule: MediaRule | MediaRule["kind"], config: MediaConfig) =>
  readMediaInput("media", rule, source, config)

/** The error message when it is refused. */
const refusal = (source: MediaSource, rule: MediaRule | MediaRule["kind"], config: MediaConfig) =>
  Effect.map(
    Effect.flip(read(source, rule, config)),
    (error) => `${error._tag === "FileDenied" ? error._tag : error.code} ${error.message}`
  )

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000)
}

const ruleOf = (id: string, field: string): MediaRule => {
  const type = findOperation(id)?.params[field]?.type
  if (type?.kind !== "media") throw new Error(`${id} has no media ${field}`)
  return type.rule
}

describe("audio", () => {
  it.effect("becomes bare base64 from any source", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({ "speech.wav": media.wav })
      const sources: Readonly<Record<string, MediaSource>> = {
        path: at("speech.wav"),
        home: "~/speech.wav",
        url: `file://${at("speech.wav")}`,
        bytes: media.wav,
        buffer: Buffer.from(media.wav),
        iterable: chunksOf(media.wav),
        stream: Stream.fromIterable([media.wav.subarray(0, 999), media.wav.subarray(999)]),
        data: `data:audio/wav;base64,${Base64.encode(media.wav)}`,
        text: Base64.encode(media.wav)
      }
      const read = yield* Effect.forEach(Object.entries(sources), ([name, source]) =>
        Effect.map(readMediaInput("media", "audio", source, config), (text) => [name, text === sources["text"]])
      )
      expect(Object.fromEntries(read)).toEqual(Object.fromEntries(Object.keys(sources).map((name) => [name, true])))
    }).pipe(Effect.provide(node))
  )

  it.effect("is detected by its content, in each format that Kling accepts", () =>
    Effect.gen(function* () {
      const { config } = yield* folderWith({})
      for (const format of ["mp3", "wav", "m4a", "aac"] as const) {
        expect(yield* read(media[format], "audio", config)).toBe(Base64.encode(media[format]))
      }
      expect(yield* refusal(media.mp4, "audio", config)).toContain("media is mp4; supported: mp3, wav, m4a, aac")
      const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0)
      expect(yield* refusal(png, "audio", config)).toContain("media is png; supported: mp3, wav, m4a, aac")
      expect(yield* refusal(new TextEncoder().encode("<html>no audio here</html>"), "audio", config)).toContain(
        "media is not a readable audio file; supported: mp3, wav, m4a, aac"
      )
      expect(yield* refusal(new Uint8Array(), "audio", config)).toContain("media is empty")
    }).pipe(Effect.provide(node))
  )

  it.effect("has a duration that its operation allows, with tolerance for encoder padding", () =>
    Effect.gen(function* () {
      const { config } = yield* folderWith({})
      expect(yield* read(media.mp3, { ...anyAudio, minSeconds: 2, maxSeconds: 4 }, config)).not.toBe("")
      expect(yield* refusal(media.mp3, { ...anyAudio, minSeconds: 5, maxSeconds: 60 }, config)).toBe(
        "KLING_INVALID_INPUT media is 4.0 s long; 5 to 60 s, nearest: 5 s"
      )
      expect(yield* refusal(media.wav, { ...anyAudio, maxSeconds: 3 }, config)).toContain(
        "is 4.0 s long; at most 3 s, nearest: 3 s"
      )
    }).pipe(Effect.provide(node))
  )

  it.effect("is not read beyond 5 MB", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({ "long.wav": new Uint8Array(6_000_000) })
      expect(yield* refusal(at("long.wav"), "audio", config)).toContain("has 6.0 MB; at most 5 MB allowed")
      expect(yield* refusal(new Uint8Array(5_000_001), "audio", config)).toContain("at most 5 MB")
      let pulled = 0
      const endless = async function* () {
        for (;;) {
          pulled += 1
          yield new Uint8Array(1_000_000)
        }
      }
      expect(yield* refusal(endless(), "audio", config)).toContain("has more than 5 MB")
      expect(pulled).toBeLessThan(10)
    }).pipe(Effect.provide(node))
  )

  it.effect("is refused when its stream fails", () =>
    Effect.gen(function* () {
      const { config } = yield* folderWith({})
      const broken = Stream.concat(Stream.make(media.wav.subarray(0, 500)), Stream.fail("reset"))
      expect(yield* refusal(broken, "audio", config)).toContain("could not be read: the stream ended with an error")
    }).pipe(Effect.provide(node))
  )
})

describe("a video", () => {
  const reference = ruleOf("new.motion.kling-3.0", "video")

  it.effect("is passed by URL, and a local one is refused with what to do", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({ "walk.mp4": media.mp4 })
      expect(yield* read("https://media.example/walk.mp4", reference, config)).toBe("https://media.example/walk.mp4")
      const text = yield* refusal(at("walk.mp4"), reference, config)
      expect(text).toContain(
        "KLING_INVALID_INPUT media walk.mp4 cannot be sent from here: Kling accepts it by URL only"
      )
      expect(text).toContain("give its https URL")
      expect(text).toContain("give its result URL, or its video id")
      expect(text).not.toContain("still reject it")
      expect(yield* refusal(media.mp4, reference, config)).toContain("this video cannot be sent from here")
      expect(yield* refusal(chunksOf(media.mp4), "video", config)).toContain("this video cannot be sent from here")
    }).pipe(Effect.provide(node))
  )

  it.effect("is refused with the limits that it would violate by URL too", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({ "walk.mp4": media.mp4 })
      const refusalFor = (change: Partial<MediaRule>) => refusal(at("walk.mp4"), { ...reference, ...change }, config)
      expect(yield* refusalFor({ minSeconds: 7, maxSeconds: 10 })).toContain(
        "Kling would still reject it: it is 3.0 s long; 7 to 10 s, nearest: 7 s"
      )
      expect(yield* refusalFor({ secondsGap: { above: 2, below: 7 } })).toContain(
        "up to 2 s, or 7 s and longer, nearest: 2 s"
      )
      expect(yield* refusalFor({ minPixels: 1080, maxPixels: 1920 })).toContain(
        "is 1280x720 pixels; each side: 1080 to 1920 pixels, nearest: 1080"
      )
      expect(yield* refusalFor({ maxArea: 500_000 })).toContain("at most 500000 pixels in total")
      expect(yield* refusalFor({ maxRatio: 1.5 })).toContain("an aspect ratio of 1.78:1; nearest: 1.5:1")
      expect(yield* refusalFor({ fps: [30, 60] })).toContain("has 24 fps; supported: 30, 60, nearest: 30")
      expect(yield* refusalFor({ minFps: 25, maxFps: 60 })).toContain("has 24 fps; supported: 25 to 60, nearest: 25")
      expect(yield* refusalFor({ maxMegabytes: 0.05 })).toContain("has 0.1 MB; at most 0.05 MB allowed")
      expect(yield* refusalFor({ formats: ["mov"] })).toContain("is mp4; supported: mov")
    }).pipe(Effect.provide(node))
  )
})

describe("a file", () => {
  it.effect("must be in a readable folder after symbolic links are resolved", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const outside = yield* folderWith({ "secret.wav": media.wav })
      const { config, at } = yield* folderWith({})
      yield* fs.symlink(outside.at("secret.wav"), at("link.wav"))
      for (const path of [outside.at("secret.wav"), at("link.wav"), `file://${outside.at("secret.wav")}`]) {
        expect(yield* refusal(path, "audio", config)).toMatch(/^FileDenied .*outside the readable folders/)
      }
      const anywhere = { ...config, inputDirs: "anywhere" } as const
      expect(yield* read(at("link.wav"), "audio", anywhere)).toBe(Base64.encode(media.wav))
    }).pipe(Effect.provide(node))
  )

  it.effect("that does not exist is refused by name", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({})
      expect(yield* refusal(at("gone.wav"), "audio", config)).toContain("gone.wav is neither a URL nor a readable file")
      expect(yield* refusal(at("."), "audio", config)).toContain("is not a file")
      expect(yield* refusal("file://%zz", "audio", config)).toContain("neither a URL nor a readable file")
      expect(yield* refusal("", "audio", config)).toContain("is empty")
      expect(yield* refusal("\u001b[31mx\u202e", "audio", config)).toBe(
        "KLING_INVALID_INPUT media x is neither a URL nor a readable file on the machine that runs klingkit; for a file elsewhere, such as in a chat, give its https URL"
      )
    }).pipe(Effect.provide(node))
  )
})

describe("the media of an operation", () => {
  const lipSync = findOperation("legacy.advanced-lip-sync")

  it.effect("are read wherever they are, by the limits of their own parameter; other values stay unchanged", () =>
    Effect.gen(function* () {
      const { config, at } = yield* folderWith({ "speech.wav": media.wav })
      if (lipSync === undefined) throw new Error("no lip-sync")
      const face = { faceId: "0", soundStartMs: 0, soundEndMs: 3000, soundInsertMs: 0 }
      const input = { sessionId: at("speech.wav"), faces: [{ ...face, soundFile: at("speech.wav") }], unknown: 1 }
      expect(yield* readOperationMedia(lipSync, input, config)).toEqual({
        sessionId: at("speech.wav"),
        faces: [{ ...face, soundFile: Base64.encode(media.wav) }],
        unknown: 1
      })
      const gone = { faces: [{ soundFile: "gone.wav" }] }
      const error = yield* Effect.flip(readOperationMedia(lipSync, gone, { ...config, inputDirs: "anywhere" }))
      expect(error.message).toContain("faces[0].soundFile gone.wav is neither a URL nor a readable file")
    }).pipe(Effect.provide(node))
  )
})
