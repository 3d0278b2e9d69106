import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { Base64 } from "effect/encoding"
import { execFileSync } from "node:child_process"
import { nodeFileHost } from "../node/node-file-host.ts"
import { readMediaInput } from "./media-input.ts"
import type { MediaConfig } from "./media-source.ts"

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, nodeFileHost)
/** The signature, one chunk of data and the end chunk. */
const png = Uint8Array.from(
  [
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [0, 0, 0, 4, 0x49, 0x44, 0x41, 0x54, 1, 2, 3, 4, 0, 0, 0, 0],
    [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0, 0, 0, 0]
  ].flat()
)

/** A home folder with an image, and a folder outside it with a secret; only the home folder is readable. */
const home = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
  const outside = yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
  yield* fs.writeFile(`${folder}/cat.png`, png)
  yield* fs.writeFileString(`${outside}/secret.txt`, "s3cr3t")
  const config: MediaConfig = { homeDir: folder, outputDir: `${folder}/out`, inputDirs: [folder] }
  const read = (source: string, more: Partial<MediaConfig> = {}) =>
    readMediaInput("image", "image", source, { ...config, ...more })
  return {
    fs,
    folder,
    outside,
    read,
    refusal: (source: string, more: Partial<MediaConfig> = {}) =>
      Effect.map(
        Effect.flip(read(source, more)),
        (error) => `${error._tag === "FileDenied" ? error._tag : error.code} ${error.message}`
      )
  }
})

describe("an image input", () => {
  it.effect("is read from its path, from the home folder, and from a file URL", () =>
    Effect.gen(function* () {
      const { folder, read } = yield* home
      for (const source of [`${folder}/cat.png`, "~/cat.png", `file://${folder}/cat.png`, ` ${folder}/./cat.png\n`]) {
        expect(yield* read(source)).toBe(Base64.encode(png))
      }
    }).pipe(Effect.provide(node))
  )

  it.effect("stays unchanged when it is a URL or base64, without the data: prefix", () =>
    Effect.gen(function* () {
      const { read } = yield* home
      expect(yield* read("https://example.com/cat.png")).toBe("https://example.com/cat.png")
      expect(yield* read(`data:image/png;base64,${Base64.encode(png)}`)).toBe(Base64.encode(png))
      expect(yield* read("QUJD".repeat(200))).toBe("QUJD".repeat(200))
    }).pipe(Effect.provide(node))
  )

  it.effect("is never read from outside the readable folders", () =>
    Effect.gen(function* () {
      const { fs, folder, outside, refusal } = yield* home
      yield* fs.symlink(`${outside}/secret.txt`, `${folder}/link.png`)
      yield* fs.symlink(outside, `${folder}/album`)
      const paths = [
        `${outside}/secret.txt`,
        `${folder}/../${outside.split("/").at(-1)}/secret.txt`,
        `${folder}/link.png`,
        `${folder}/album/secret.txt`,
        `file://${outside}/secret.txt`,
        `${folder}x/../${outside.split("/").at(-1)}/secret.txt`
      ]
      for (const path of paths) {
        const text = yield* refusal(path)
        expect(text).toMatch(/^FileDenied |neither a URL nor a readable file/)
        expect(text).not.toContain("s3cr3t")
      }
    }).pipe(Effect.provide(node))
  )

  it.effect("is read from anywhere when the configuration allows it, as in a shell", () =>
    Effect.gen(function* () {
      const { outside, read } = yield* home
      expect(yield* read(`${outside}/secret.txt`, { inputDirs: "anywhere" })).toBe(btoa("s3cr3t"))
    }).pipe(Effect.provide(node))
  )

  it.effect("is refused when it is a pipe, a device or a folder: reading it might never end", () =>
    Effect.gen(function* () {
      const { folder, refusal } = yield* home
      execFileSync("mkfifo", [`${folder}/pipe.png`])
      expect(yield* refusal(`${folder}/pipe.png`)).toContain("is not a file")
      expect(yield* refusal("/dev/zero", { inputDirs: "anywhere" })).toContain("is not a file")
      expect(yield* refusal(folder)).toContain("is not a file")
    }).pipe(Effect.provide(node))
  )

  it.effect("is refused by its size before a byte is read", () =>
    Effect.gen(function* () {
      const { fs, folder, refusal } = yield* home
      yield* fs.truncate(`${folder}/cat.png`, 60_000_000)
      const before = process.memoryUsage().arrayBuffers
      expect(yield* refusal(`${folder}/cat.png`)).toBe("KLING_INVALID_INPUT image has 60.0 MB; at most 50 MB allowed")
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
    }).pipe(Effect.provide(node))
  )

  it.effect("is refused when it is empty or cut off, however it is given: Kling would bill half an image", () =>
    Effect.gen(function* () {
      const { fs, folder, refusal } = yield* home
      const half = png.subarray(0, 20)
      yield* fs.writeFile(`${folder}/half.png`, half)
      yield* fs.writeFile(`${folder}/empty.png`, new Uint8Array())
      for (const source of [`${folder}/half.png`, `data:image/png;base64,${Base64.encode(half)}`]) {
        expect(yield* refusal(source)).toBe(
          "KLING_INVALID_INPUT image is a truncated png file: it ends early; give the whole file"
        )
      }
      expect(yield* refusal(`${folder}/empty.png`)).toBe("KLING_INVALID_INPUT image is empty")
    }).pipe(Effect.provide(node))
  )

  it.effect("that is missing is reported by name, not treated as base64", () =>
    Effect.gen(function* () {
      const { refusal } = yield* home
      for (const source of ["cat", "~/gone.png", "file:///gone.png", "QUJD", "x".repeat(5000)]) {
        const text = yield* refusal(source, { inputDirs: "anywhere" }).pipe(
          Effect.orElseSucceed(() => "treated as base64")
        )
        if (source.length < 400) expect(text).toContain("neither a URL nor a readable file")
        expect(text.length).toBeLessThan(300)
      }
    }).pipe(Effect.provide(node))
  )
})
