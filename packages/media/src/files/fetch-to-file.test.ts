import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { nodeFileHost } from "../node/node-file-host.ts"
import { fetchToFile } from "./fetch-to-file.ts"
import { FileHost } from "./file-host.ts"
import { fileReply, fileServer, sampleVideo } from "../testing/file-server.ts"
import { listenScoped } from "./testing/listen-scoped.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"

describe("a real server", () => {
  it.effect("that drops the connection twice gets a range request each time", () =>
    Effect.gen(function* () {
      const video = sampleVideo(300_000)
      const ranges: Array<string | undefined> = []
      const server = createServer((request, response) => {
        ranges.push(request.headers.range)
        const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0)
        response.writeHead(start > 0 ? 206 : 200, {
          etag: '"v1"',
          "content-length": video.length - start,
          ...(start > 0 ? { "content-range": `bytes ${start}-${video.length - 1}/${video.length}` } : {})
        })
        if (ranges.length > 2) response.end(video.subarray(start))
        else response.write(video.subarray(start, start + 100_000), () => setTimeout(() => response.destroy(), 20))
      })
      const url = `${yield* listenScoped(server)}/video.mp4`
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const file = yield* fs.open(`${folder}/video.part`, { flag: "wx+" })
      const policy = { klingIsLocal: true, privateHosts: [] }
      const http = yield* Effect.flatMap(FileHost, (host) => host.connect(policy))
      const [onProgress, onVersion] = [() => Effect.void, () => Effect.void]
      const result = yield* inVirtualTime(fetchToFile({ url, policy, http, file, folder, onVersion, onProgress }))
      const sha256 = createHash("sha256").update(video).digest("hex")
      expect(result).toEqual(Result.succeed({ bytes: 300_000, sha256 }))
      expect(Buffer.compare(yield* fs.readFile(`${folder}/video.part`), video)).toBe(0)
      expect(ranges).toHaveLength(3)
      expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true)
    }).pipe(Effect.provide([NodeFileSystem.layer, nodeFileHost]))
  )
})

describe("what an earlier attempt has left", () => {
  it.effect("is gone before another version begins", () =>
    Effect.gen(function* () {
      const video = sampleVideo(3000)
      const server = fileServer((request) => fileReply(video, request, { etag: '"v2"' }))
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* fs.writeFileString(`${folder}/video.part`, "other")
      const file = yield* fs.open(`${folder}/video.part`, { flag: "r+" })
      const sizes: Array<number> = []
      yield* Effect.gen(function* () {
        const host = yield* FileHost
        const policy = { klingIsLocal: false, privateHosts: [] }
        yield* fetchToFile({
          url: "https://files.example/video",
          policy,
          http: yield* host.connect(policy),
          file,
          folder,
          received: { version: { etag: '"v1"', totalBytes: 3000 }, bytes: 5, sha256: yield* host.sha256 },
          onVersion: () => Effect.map(file.stat, ({ size }) => void sizes.push(Number(size))),
          onProgress: () => Effect.void
        })
      }).pipe(Effect.provide(server.layer))
      expect(server.requests.map(({ headers }) => headers["range"])).toEqual(["bytes=5-"])
      expect(sizes).toEqual([0])
      expect(Buffer.compare(yield* fs.readFile(`${folder}/video.part`), video)).toBe(0)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
