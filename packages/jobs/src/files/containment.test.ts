import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import type { Task } from "@klingkit/core"
import { Effect, FileSystem, Layer, Random, Result } from "effect"
import { readdirSync, realpathSync, statSync, symlinkSync } from "node:fs"
import { type DownloadOptions, downloadJob } from "./download-job.ts"
import { safeFileName } from "./file-name.ts"
import { fileReply, fileServer, film } from "./testing/file-server.ts"
import { hostileNames } from "./testing/hostile-names.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const clip = film(200)
const films = fileServer((asked) => fileReply(clip, asked))

const taskNamed = (id: string): Task => ({
  id,
  status: "succeed",
  outputs: [{ type: "video", url: "https://files.example/clip" }],
  charges: [],
  createdAt: 1_790_000_000_000
})

/** A folder `saved` to save in, and beside it what must stay as it is. */
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
  const download = (handle: string, options: DownloadOptions, nameTemplate?: string) =>
    downloadJob(
      { handle, task: taskNamed(handle) },
      { outputDir: `${base}/saved`, klingIsLocal: false, ...(nameTemplate === undefined ? {} : { nameTemplate }) },
      options
    ).pipe(Effect.result, Effect.provide(films.layer))
  return { fs, base, root: `${base}/saved`, tree, download }
})

/** Every file below a folder is a whole film or the note on one, and neither hidden nor a device's. */
const strangersIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory())
    .filter(({ name, parentPath }) => !name.endsWith(".json") && statSync(`${parentPath}/${name}`).size !== clip.length)
    .map(({ name }) => name)

describe("1,000 hostile names", () => {
  it.live(
    "of tasks and models lead to files inside the folder, each under a name that every system takes",
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
        expect(strangersIn(root)).toEqual([])
      }).pipe(Effect.provide(node)),
    120_000
  )

  it.live(
    "for a file are refused, or are one name in the folder",
    () =>
      Effect.gen(function* () {
        const { root, fs, base, tree, download } = yield* folders
        const before = tree()
        let [saved, refused] = [0, 0]
        for (const fileName of yield* hostileNames(1000).pipe(Random.withSeed("klingkit"))) {
          const result = yield* download("kk-t2v-1", { fileName, overwrite: true })
          if (Result.isSuccess(result)) saved += 1
          else refused += 1
          if (Result.isFailure(result)) expect(result.failure.code).toBe("JOB_FETCH_FAILED")
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

describe("a link in the output folder", () => {
  it.live("is not written through: neither a folder's, nor a file's, nor that of a note", () =>
    Effect.gen(function* () {
      const { fs, base, root, tree, download } = yield* folders
      const keys = `${base}/outside/.ssh/authorized_keys`
      symlinkSync(`${base}/outside`, `${root}/album`)
      symlinkSync(keys, `${root}/film.mp4`)
      symlinkSync(keys, `${root}/other.mp4.json`)
      symlinkSync(`${base}/outside/new.mp4`, `${root}/nowhere.mp4`)
      const before = tree()

      const inAlbum = yield* download("kk-t2v-1", { nameTemplate: "album/{handle}" })
      expect(Result.isFailure(inAlbum) && inAlbum.failure.message).toContain("a file or a link is in the way")
      for (const fileName of ["film.mp4", "nowhere.mp4"]) {
        const kept = yield* download("kk-t2v-1", { fileName })
        expect(Result.isFailure(kept) && kept.failure.code).toBe("JOB_FILE_EXISTS")
      }
      for (const fileName of ["film.mp4", "other.mp4"]) {
        Result.getOrThrow(yield* download("kk-t2v-1", { fileName, overwrite: true }))
        expect(statSync(`${root}/${fileName}`).size).toBe(clip.length)
      }
      expect(yield* fs.readFileString(keys)).toBe("mine")
      expect(tree()).toEqual(before)
    }).pipe(Effect.provide(node))
  )

  it.live("put in the folder's place during the download gets nothing", () =>
    Effect.gen(function* () {
      const { fs, base, root, tree, download } = yield* folders
      const before = tree()
      const onProgress = () =>
        Effect.orDie(
          Effect.andThen(
            fs.rename(`${root}/films`, `${root}/away`),
            Effect.sync(() => symlinkSync(`${base}/outside`, `${root}/films`))
          )
        )
      const result = yield* download("kk-t2v-1", { nameTemplate: "films/{handle}", onProgress })
      expect(Result.isFailure(result) && result.failure.message).toContain("another folder was put in its place")
      expect(tree()).toEqual(before)
      expect(readdirSync(`${root}/away`)).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.live("or another file put in the place of the part is not given the name", () =>
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
      expect(Result.isFailure(result) && result.failure.message).toContain("another file was put in its place")
      expect(readdirSync(root)).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.live("that is hard leaves the file that it shares as it was", () =>
    Effect.gen(function* () {
      const { fs, base, root, download } = yield* folders
      const keys = `${base}/outside/.ssh/authorized_keys`
      yield* fs.link(keys, `${root}/film.mp4`)
      Result.getOrThrow(yield* download("kk-t2v-1", { fileName: "film.mp4", overwrite: true }))
      expect(yield* fs.readFileString(keys)).toBe("mine")
    }).pipe(Effect.provide(node))
  )
})
