import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { bodyOf, fileReply, type FileServer, fileServer, sampleVideo } from "../testing/file-server.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { FileHost } from "./file-host.ts"
import type { PartState } from "./part-state.ts"
import { saveOutputs } from "./testing/save-outputs.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const video = sampleVideo(50_000)
const serving = (bytes: Uint8Array) => fileServer((request) => fileReply(bytes, request))

const state: PartState = {
  index: 0,
  link: "https://files.example/video",
  version: { etag: '"v1"', totalBytes: video.length },
  process: "another"
}

/** A folder in which another program has left 20,000 bytes of the video; `hasEnded` is what is known of that program. */
const leftBy = (more: Partial<PartState>, content: Uint8Array = video.subarray(0, 20_000)) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const part = `${folder}/.kk-t2v-1.abc123.part`
    yield* fs.writeFile(part, content)
    yield* fs.writeFileString(`${part}.state`, JSON.stringify({ ...state, ...more }))
    const save = (server: FileServer, hasEnded = true, url = "https://files.example/video?signed=anew") =>
      saveOutputs(folder, "kk-t2v-1", { outputs: [{ type: "video", url }] }).pipe(
        Effect.provide(
          Layer.effect(
            FileHost,
            Effect.map(FileHost, (host) => ({ ...host, hasEnded: () => Effect.succeed(hasEnded) }))
          ).pipe(Layer.provide(server.layer))
        ),
        Effect.andThen(fs.readFile(`${folder}/kk-t2v-1.mp4`)),
        inVirtualTime,
        Effect.flatMap(Effect.fromResult)
      )
    return { fs, folder, part, save, names: fs.readDirectory(folder) }
  })

const isWhole = (bytes: Uint8Array, file = video) => Buffer.compare(bytes, file) === 0
const saved = ["kk-t2v-1.mp4", "kk-t2v-1.mp4.json"]

describe("the partial file of another program", () => {
  it.effect("that has ended is continued, under the new link, and removed", () =>
    Effect.gen(function* () {
      const { save, names } = yield* leftBy({})
      const server = serving(video)
      expect(isWhole(yield* save(server))).toBe(true)
      expect(server.requests.map(({ headers }) => [headers["range"], headers["if-range"]])).toEqual([
        ["bytes=20000-", '"v1"']
      ])
      expect((yield* names).toSorted()).toEqual(saved)
    }).pipe(Effect.provide(node))
  )

  it.effect("that may still be running is neither read nor removed, unless it was left in order", () =>
    Effect.gen(function* () {
      const living = yield* leftBy({})
      const server = serving(video)
      expect(isWhole(yield* living.save(server, false))).toBe(true)
      expect(server.requests[0]?.headers["range"]).toBeUndefined()
      expect(yield* living.names).toHaveLength(4)
      const left = yield* leftBy({ leftBytes: 15_000 })
      const next = serving(video)
      expect(isWhole(yield* left.save(next, false))).toBe(true)
      expect(next.requests[0]?.headers["range"]).toBe("bytes=15000-")
      expect((yield* left.names).toSorted()).toEqual(saved)
    }).pipe(Effect.provide(node))
  )

  it.effect("that holds all of it needs only its name", () =>
    Effect.gen(function* () {
      const { save, names } = yield* leftBy({}, video)
      const server = serving(video)
      expect(isWhole(yield* save(server))).toBe(true)
      expect(server.requests).toEqual([])
      expect((yield* names).toSorted()).toEqual(saved)
    }).pipe(Effect.provide(node))
  )

  const other = sampleVideo(50_000, 7)
  const unusable: Readonly<Record<string, Partial<PartState>>> = {
    "of another result of the task": { index: 1 },
    "without an ETag, from another link": { link: "https://files.example/other", version: { totalBytes: 50_000 } },
    "without an ETag and a length": { version: {} },
    "longer than the file": { version: { totalBytes: 10_000 } }
  }
  it.effect.each(Object.keys(unusable))("is not continued: %s", (name) =>
    Effect.gen(function* () {
      const { save } = yield* leftBy(unusable[name] ?? {}, other.subarray(0, 20_000))
      const server = serving(video)
      expect(isWhole(yield* save(server))).toBe(true)
      expect(server.requests.map(({ headers }) => headers["range"])).toEqual([undefined])
    }).pipe(Effect.provide(node))
  )

  it.effect("is started over when the file has changed on the server, with an ETag or without", () =>
    Effect.gen(function* () {
      const withEtag = yield* leftBy({}, other.subarray(0, 20_000))
      const changed = fileServer((request) => fileReply(video, request, { etag: '"v2"' }))
      expect(isWhole(yield* withEtag.save(changed))).toBe(true)
      const without = yield* leftBy({ version: { totalBytes: 40_000 } }, other.subarray(0, 20_000))
      const longer = fileServer(({ headers }) => {
        const start = headers["range"] === undefined ? 0 : 20_000
        const range = { "content-range": `bytes ${start}-49999/50000` }
        return { status: start > 0 ? 206 : 200, headers: start > 0 ? range : {}, body: bodyOf(video.subarray(start)) }
      })
      expect(isWhole(yield* without.save(longer))).toBe(true)
      expect(longer.requests.map(({ headers }) => headers["range"])).toEqual(["bytes=20000-", undefined])
    }).pipe(Effect.provide(node))
  )

  it.effect("that makes no media is started over once", () =>
    Effect.gen(function* () {
      const { save } = yield* leftBy({}, new Uint8Array(20_000).fill(65))
      const server = serving(video)
      expect(isWhole(yield* save(server))).toBe(true)
      expect(server.requests.map(({ headers }) => headers["range"])).toEqual(["bytes=20000-", undefined])
    }).pipe(Effect.provide(node))
  )

  it.effect("that is a link to another file is not read", () =>
    Effect.gen(function* () {
      const { fs, folder, part, save } = yield* leftBy({})
      yield* fs.rename(part, `${folder}/secret`)
      yield* fs.symlink(`${folder}/secret`, part)
      const server = serving(video)
      expect(isWhole(yield* save(server))).toBe(true)
      expect(server.requests.map(({ headers }) => headers["range"])).toEqual([undefined])
    }).pipe(Effect.provide(node))
  )
})
