import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Random, Result } from "effect"
import { readdirSync, realpathSync, statSync, symlinkSync } from "node:fs"
import { safeFileName } from "./file-name.ts"
import { fileReply, fileServer, sampleVideo } from "../testing/file-server.ts"
import type { ResultsToSave } from "./save-results.ts"
import { hostileNames } from "./testing/hostile-names.ts"
import { saveOutputs } from "./testing/save-outputs.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const video = sampleVideo(200)
const videoServer = fileServer((request) => fileReply(video, request))

/** A folder `saved` to save in, beside files that must not change. */
const folders = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const base = realpathSync(yield* fs.makeTempDirectoryScoped())
  yield* fs.makeDirectory(`${base}/saved`)
  yield* fs.makeDirectory(`${base}/outside/.ssh`, { recursive: true })
  yield* fs.writeFileString(`${base}/outside/.ssh/authorized_keys`, "mine")
  const tree = () =>
    readdirSync(base, { recursive: true, encoding: "utf8" })
      .filter((path) => path !== "saved" && !path.startsWith("saved/"))
      .toSorted()
  const download = (handle: string, options: Partial<ResultsToSave>) =>
    saveOutputs(`${base}/saved`, handle, options).pipe(Effect.result, Effect.provide(videoServer.layer))
  return { fs, base, root: `${base}/saved`, tree, download }
})

/** The files below a folder that are neither a complete video nor a sidecar. */
const unexpectedFiles = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .filter(
      ({ name, parentPath }) => !name.endsWith(".json") && statSync(`${parentPath}/${name}`).size !== video.length
    )
    .map(({ name }) => name)

describe("1,000 hostile names", () => {
  it.live(
    "of tasks and models become files inside the folder, with names that are valid on every system",
    () =>
      Effect.gen(function* () {
        const { root, base, tree, download } = yield* folders
        const before = tree()
        const names = yield* hostileNames(1000).pipe(Random.withSeed("klingkit"))
        for (const [index, name] of names.entries()) {
          const saved = Result.getOrThrow(yield* download(name, { nameTemplate: `${index}/{handle}/{handle}` }))
          for (const one of saved) {
            expect(realpathSync(one.path).startsWith(`${base}/saved/${index}/`)).toBe(true)
            const [folder = "", file = ""] = one.path.slice(`${root}/${index}/`.length).split("/")
            expect([folder, file]).toEqual([safeFileName(folder), `${safeFileName(file.replace(/\.mp4$/, ""))}.mp4`])
          }
        }
        expect(tree()).toEqual(before)
        expect(unexpectedFiles(root)).toEqual([])
      }).pipe(Effect.provide(node)),
    120_000
  )

  it.live(
    "for a file are refused, or become one name in the folder",
    () =>
      Effect.gen(function* () {
        const { root, fs, base, tree, download } = yield* folders
        const before = tree()
        let [saved, refused] = [0, 0]
        for (const fileName of yield* hostileNames(1000).pipe(Random.withSeed("klingkit"))) {
          const result = yield* download("kk-t2v-1", { fileName, overwrite: true })
          if (Result.isSuccess(result)) saved += 1
          else refused += 1
          if (Result.isFailure(result)) expect(result.failure._tag).toBe("FetchFailure")
          else
            expect(
              realpathSync(result.success[0]?.path ?? "")
                .split("/")
                .slice(0, -1)
                .join("/")
            ).toBe(root)
        }
        expect(tree()).toEqual(before)
        expect(yield* fs.readFileString(`${base}/outside/.ssh/authorized_keys`)).toBe("mine")
        expect(readdirSync(root).filter((name) => name.endsWith(".part"))).toEqual([])
        expect(saved).toBeGreaterThan(50)
        expect(refused).toBeGreaterThan(500)
      }).pipe(Effect.provide(node)),
    120_000
  )
})

describe("a symbolic link in the output folder", () => {
  it.live("is not followed, whether it replaces a folder, a file or a sidecar", () =>
    Effect.gen(function* () {
      const { fs, base, root, tree, download } = yield* folders
      const keys = `${base}/outside/.ssh/authorized_keys`
      symlinkSync(`${base}/outside`, `${root}/album`)
      symlinkSync(keys, `${root}/video.mp4`)
      symlinkSync(keys, `${root}/other.mp4.json`)
      symlinkSync(`${base}/outside/new.mp4`, `${root}/nowhere.mp4`)
      const before = tree()

      const inAlbum = yield* download("kk-t2v-1", { nameTemplate: "album/{handle}" })
      expect(Result.isFailure(inAlbum) && inAlbum.failure).toMatchObject({
        detail: expect.stringContaining("a file or symbolic link is in the way")
      })
      for (const fileName of ["video.mp4", "nowhere.mp4"]) {
        const kept = yield* download("kk-t2v-1", { fileName })
        expect(Result.isFailure(kept) && kept.failure._tag).toBe("FileExists")
      }
      for (const fileName of ["video.mp4", "other.mp4"]) {
        Result.getOrThrow(yield* download("kk-t2v-1", { fileName, overwrite: true }))
        expect(statSync(`${root}/${fileName}`).size).toBe(video.length)
      }
      expect(yield* fs.readFileString(keys)).toBe("mine")
      expect(tree()).toEqual(before)
    }).pipe(Effect.provide(node))
  )

  it.live("that replaces the folder during the download gets nothing", () =>
    Effect.gen(function* () {
      const { fs, base, root, tree, download } = yield* folders
      const before = tree()
      const onProgress = () =>
        Effect.orDie(
          Effect.andThen(
            fs.rename(`${root}/videos`, `${root}/away`),
            Effect.sync(() => symlinkSync(`${base}/outside`, `${root}/videos`))
          )
        )
      const result = yield* download("kk-t2v-1", { nameTemplate: "videos/{handle}", onProgress })
      expect(Result.isFailure(result) && result.failure).toMatchObject({
        detail: expect.stringContaining("the folder was replaced")
      })
      expect(tree()).toEqual(before)
      expect(readdirSync(`${root}/away`)).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.live("or another file that replaces the partial file does not get the name", () =>
    Effect.gen(function* () {
      const { root, download } = yield* folders
      const fs = yield* FileSystem.FileSystem
      const onProgress = () =>
        Effect.gen(function* () {
          const part = readdirSync(root).find((name) => name.endsWith(".part")) ?? ""
          yield* fs.remove(`${root}/${part}`)
          yield* fs.writeFileString(`${root}/${part}`, "evil")
        }).pipe(Effect.orDie)
      const result = yield* download("kk-t2v-1", { onProgress })
      expect(Result.isFailure(result) && result.failure).toMatchObject({
        detail: expect.stringContaining("the partial file was replaced during the download")
      })
      expect(readdirSync(root)).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.live("that is hard leaves the linked file unchanged", () =>
    Effect.gen(function* () {
      const { fs, base, root, download } = yield* folders
      const keys = `${base}/outside/.ssh/authorized_keys`
      yield* fs.link(keys, `${root}/video.mp4`)
      Result.getOrThrow(yield* download("kk-t2v-1", { fileName: "video.mp4", overwrite: true }))
      expect(yield* fs.readFileString(keys)).toBe("mine")
    }).pipe(Effect.provide(node))
  )
})
