import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FileSystem, Result } from "effect"
import { emptyFolder, errorOf, node, serving, video } from "./testing/empty-folder.ts"

describe("a file that this result was saved as before", () => {
  const sidecarFor = (file: { readonly sha256: string }) =>
    JSON.stringify({ handle: "kk-t2v-1", file: { sha256: file.sha256 } })

  it.effect("is the answer, by its record or its sidecar, and nothing is fetched", () =>
    Effect.gen(function* () {
      const { folder, save, names } = yield* emptyFolder
      const fs = yield* FileSystem.FileSystem
      const first = Result.getOrThrow(yield* save(serving(video), { sidecarFor }))
      const server = serving(video)
      expect(Result.getOrThrow(yield* save(server))).toEqual({ ...first, isKept: true })
      yield* fs.remove(`${folder}/kk-t2v-1.mp4.json`)
      const recorded = [{ path: first.path, sha256: first.sha256 }]
      expect(Result.getOrThrow(yield* save(server, { recorded, sidecarFor }))).toEqual({ ...first, isKept: true })
      expect(Result.getOrThrow(yield* save(server, { overwrite: true }))).toEqual({ ...first, isKept: true })
      expect(server.requests).toEqual([])
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )

  it.effect("is in the way once its content is another, as is that of another task", () =>
    Effect.gen(function* () {
      const { save, put, bytes } = yield* emptyFolder
      const first = Result.getOrThrow(yield* save(serving(video), { sidecarFor }))
      const server = serving(video)
      expect(errorOf(yield* save(server, { handle: "kk-t2v-2" }))._tag).toBe("FileExists")
      yield* put("kk-t2v-1.mp4", "mine")
      const recorded = [{ path: first.path, sha256: first.sha256 }]
      expect(errorOf(yield* save(server, { recorded }))._tag).toBe("FileExists")
      expect(new TextDecoder().decode(yield* bytes("kk-t2v-1.mp4"))).toBe("mine")
      expect(server.requests).toEqual([])
    }).pipe(Effect.provide(node))
  )

  it.effect("is known by the partial file that a program has left that died before it wrote anything down", () =>
    Effect.gen(function* () {
      const { folder, save, names } = yield* emptyFolder
      const fs = yield* FileSystem.FileSystem
      const first = Result.getOrThrow(yield* save(serving(video)))
      yield* fs.link(first.path, `${folder}/.kk-t2v-1.abc123.part`)
      yield* fs.remove(`${first.path}.json`)
      const server = serving(video)
      expect(Result.getOrThrow(yield* save(server))).toEqual({ ...first, isKept: true })
      expect(server.requests).toEqual([])
      expect(yield* names).toContain("kk-t2v-1.mp4")
    }).pipe(Effect.provide(node))
  )

  it.effect("is the answer too when another program saves the same content at the same time", () =>
    Effect.gen(function* () {
      const { save, names } = yield* emptyFolder
      const otherSaved = yield* Deferred.make<void>()
      const onProgress = () => Deferred.await(otherSaved)
      const slow = yield* Effect.forkChild(save(serving(video), { onProgress }))
      const first = Result.getOrThrow(yield* save(serving(video)))
      yield* Deferred.succeed(otherSaved, undefined)
      expect(Result.getOrThrow(yield* Fiber.join(slow))).toEqual({ ...first, isKept: true })
      expect(yield* names).toEqual(["kk-t2v-1.mp4"])
    }).pipe(Effect.provide(node))
  )
})

describe("the partial file of a dead program", () => {
  it.effect("is removed by the next download of the task, one that is being written is not", () =>
    Effect.gen(function* () {
      const { folder, save, put, names } = yield* emptyFolder
      const fs = yield* FileSystem.FileSystem
      const living = [".kk-t2v-1.new.part", ".kk-t2v-2.old.part"]
      for (const name of [...living, ".kk-t2v-1.old.part", ".kk-t2v-1.old.part.json"]) yield* put(name, "half")
      const longAgo = new Date(Date.now() - 3_600_000)
      for (const name of [".kk-t2v-1.old.part", ".kk-t2v-1.old.part.json", ".kk-t2v-2.old.part"]) {
        yield* fs.utimes(`${folder}/${name}`, longAgo, longAgo)
      }
      Result.getOrThrow(yield* save(serving(video)))
      expect(yield* names).toEqual([...living, "kk-t2v-1.mp4"].toSorted())
    }).pipe(Effect.provide(node))
  )
})
