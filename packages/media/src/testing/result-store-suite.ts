import { expect, it } from "@effect/vitest"
import type { TaskOutput } from "@klingkit/core"
import { Effect, type FileSystem, type Path, Result, type Scope } from "effect"
import type { SavedFile } from "../files/save-result.ts"
import { node } from "../files/testing/empty-folder.ts"
import { savingOptions } from "../files/testing/save-outputs.ts"
import type { ResultStore } from "../store/result-store.ts"
import { fileReply, fileServer, sampleVideo } from "./file-server.ts"

/** A store under test. */
export interface TestedStore {
  readonly results: ResultStore
  /** The folder of this machine that it may use. */
  readonly root: string
  /** A saved file as its owner reads it; nothing where there is none. */
  readonly read: (file: SavedFile) => Effect.Effect<Uint8Array | undefined>
  /** Takes it away behind the back of the store. */
  readonly lose: (file: SavedFile) => Effect.Effect<void>
}

type Disk = FileSystem.FileSystem | Path.Path

const handle = "kk-t2v-1"
const videos = [sampleVideo(300_000), sampleVideo(200_000, 3)]
const outputs: ReadonlyArray<TaskOutput> = videos.map((_, index) => ({
  type: "video",
  url: `https://files.example/${index}`
}))

/** What every store does with the results of a task. */
export const resultStoreSuite = (makeStore: Effect.Effect<TestedStore, never, Scope.Scope | Disk>): void => {
  const opened = Effect.gen(function* () {
    const store = yield* makeStore
    const server = fileServer((request) =>
      fileReply(videos[Number(request.url.at(-1))] ?? new TextEncoder().encode("<!DOCTYPE html>".padEnd(500)), request)
    )
    const recorded: Array<SavedFile> = []
    const onSaved = (file: SavedFile) => Effect.sync(() => void recorded.push(file))
    const save = (shown = outputs, fileName?: string) =>
      store.results
        .save(savingOptions(store.root, handle, { outputs: shown, recorded: [...recorded], onSaved, fileName }))
        .pipe(Effect.result, Effect.provide(server.layer))
    return { ...store, save, recorded, fetches: () => server.requests.length }
  })

  it.live("saves results whole and in their order, and says so of each", () =>
    Effect.gen(function* () {
      const { save, read, recorded } = yield* opened
      const saved = Result.getOrThrow(yield* save())
      expect(yield* Effect.forEach(saved, read)).toEqual(videos)
      expect(saved.map(({ bytes, mimeType }) => [bytes, mimeType])).toEqual([
        [300_000, "video/mp4"],
        [200_000, "video/mp4"]
      ])
      expect(recorded.map(({ path, sha256 }) => [path, sha256])).toEqual(
        saved.map(({ path, sha256 }) => [path, sha256])
      )
    }).pipe(Effect.provide(node))
  )

  it.live("keeps what it has, and fetches again only what is lost", () =>
    Effect.gen(function* () {
      const { save, read, lose, fetches } = yield* opened
      const [first, second] = Result.getOrThrow(yield* save())
      expect(Result.getOrThrow(yield* save()).map(({ isKept }) => isKept)).toEqual([true, true])
      expect(fetches()).toBe(2)
      if (second === undefined || first === undefined) throw new Error("nothing was saved")
      yield* lose(second)
      expect(yield* read(second)).toBeUndefined()
      const again = Result.getOrThrow(yield* save())
      expect(again.map(({ path, isKept = false }) => [path, isKept])).toEqual([
        [first.path, true],
        [second.path, false]
      ])
      expect([yield* Effect.forEach(again, read), fetches()]).toEqual([videos, 3])
    }).pipe(Effect.provide(node))
  )

  it.live("does not save what is no media, and keeps what came before it", () =>
    Effect.gen(function* () {
      const { save, read, recorded } = yield* opened
      const failed = yield* save([...outputs.slice(0, 1), { type: "video", url: "https://files.example/9" }])
      expect(Result.isFailure(failed) && failed.failure).toMatchObject({
        detail: "the server did not return a media file"
      })
      expect(yield* Effect.forEach(recorded, read)).toEqual(videos.slice(0, 1))
    }).pipe(Effect.provide(node))
  )

  it.live("takes a name for a single result", () =>
    Effect.gen(function* () {
      const { save, read } = yield* opened
      const saved = Result.getOrThrow(yield* save(outputs.slice(1), "café (1).mp4"))
      expect(yield* Effect.forEach(saved, read)).toEqual(videos.slice(1))
    }).pipe(Effect.provide(node))
  )
}
