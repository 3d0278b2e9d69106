import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Result } from "effect"
import { fileReply, fileServer, sampleVideo } from "../testing/file-server.ts"
import { FileHost } from "./file-host.ts"
import { saveOutputs } from "./testing/save-outputs.ts"

const node = Layer.merge(NodeFileSystem.layer, NodePath.layer)
const megabyte = 1_000_000

describe("a download", () => {
  it.effect("that does not fit fails by its announced length, before a byte is written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const video = sampleVideo(30 * megabyte)
      const server = fileServer((request) => fileReply(video, request))
      let written = 0
      const download = (freeBytes: number | undefined) =>
        Effect.gen(function* () {
          const host = { ...(yield* FileHost), freeBytes: () => Effect.succeed(freeBytes) }
          const onProgress = () => Effect.sync(() => void (written += 1))
          return yield* saveOutputs(folder, "kk-t2v-1", { onProgress }).pipe(Effect.provideService(FileHost, host))
        }).pipe(Effect.result, Effect.provide(server.layer))

      const refused = yield* download(25 * megabyte)
      if (Result.isSuccess(refused)) throw new Error("it was saved")
      expect(refused.failure).toMatchObject({ detail: expect.stringContaining("40 MB needed, 25 MB free") })
      expect([written, server.requests.length]).toEqual([0, 1])
      expect(yield* fs.readDirectory(folder)).toEqual([])
      expect(Result.isSuccess(yield* download(undefined))).toBe(true)
    }).pipe(Effect.provide(node))
  )
})
