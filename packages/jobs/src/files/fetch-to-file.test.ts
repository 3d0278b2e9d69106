import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Result, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { createHash } from "node:crypto"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { fetchToFile } from "./fetch-to-file.ts"
import { fileServer, film } from "./testing/file-server.ts"
import { inVirtualTime } from "./testing/virtual-time.ts"

// What is only waiting to be collected is not in use.
setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

const partIn = Effect.fnUntraced(function* () {
  const fs = yield* FileSystem.FileSystem
  return `${yield* fs.makeTempDirectoryScoped()}/clip.part`
})

describe("a body of 200 MB", () => {
  it.effect("passes through without filling the memory", () =>
    Effect.gen(function* () {
      const chunk = film(100_000)
      const server = fileServer(() => ({
        status: 200,
        headers: { "content-length": "200000000" },
        body: Stream.fromIterable(Array.from({ length: 2000 }).keys(), { chunkSize: 1 }).pipe(
          Stream.map(() => chunk.slice())
        )
      }))
      const inUse = () => {
        collectGarbage()
        const { heapUsed, external } = process.memoryUsage()
        return heapUsed + external
      }
      const before = inUse()
      let most = 0
      const received = yield* fetchToFile("https://files.example/clip", yield* partIn(), ({ receivedBytes }) =>
        Effect.sync(() => {
          if (receivedBytes % 20_000_000 === 0) most = Math.max(most, inUse() - before)
        })
      ).pipe(Effect.provide(server.layer))
      expect(received).toBe(200_000_000)
      expect(most).toBeLessThan(32 * 1024 * 1024)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("a real server", () => {
  const started = (server: Server) =>
    Effect.acquireRelease(
      Effect.promise(
        () =>
          new Promise<string>((resolve) => {
            server.listen(0, "127.0.0.1", () => {
              resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/clip.mp4`)
            })
          })
      ),
      () =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    )

  it.effect("that drops the connection twice is asked for the rest each time", () =>
    Effect.gen(function* () {
      const clip = film(300_000)
      const ranges: Array<string | undefined> = []
      const server = createServer((request, response) => {
        ranges.push(request.headers.range)
        const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0)
        response.writeHead(start > 0 ? 206 : 200, {
          etag: '"v1"',
          "content-length": clip.length - start,
          ...(start > 0 ? { "content-range": `bytes ${start}-${clip.length - 1}/${clip.length}` } : {})
        })
        if (ranges.length > 2) response.end(clip.subarray(start))
        else response.write(clip.subarray(start, start + 100_000), () => setTimeout(() => response.destroy(), 20))
      })
      const url = yield* started(server)
      const part = yield* partIn()
      const result = yield* inVirtualTime(fetchToFile(url, part, () => Effect.void)).pipe(
        Effect.provide(FetchHttpClient.layer)
      )
      expect(result).toEqual(Result.succeed(300_000))
      const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
      const fs = yield* FileSystem.FileSystem
      expect(digest(yield* fs.readFile(part))).toBe(digest(clip))
      expect(ranges).toHaveLength(3)
      expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true)
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})
