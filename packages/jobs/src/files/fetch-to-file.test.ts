import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { nodeFileHost } from "../node/node-file-host.ts"
import { fetchToFile } from "./fetch-to-file.ts"
import { FileHost } from "./file-host.ts"
import { film } from "./testing/file-server.ts"
import { listening } from "./testing/listening.ts"
import { inVirtualTime } from "./testing/virtual-time.ts"

describe("a real server", () => {
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
      const url = `${yield* listening(server)}/clip.mp4`
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const file = yield* fs.open(`${folder}/clip.part`, { flag: "wx+" })
      const reach = { klingIsLocal: true, privateHosts: [] }
      const http = yield* Effect.flatMap(FileHost, (host) => host.connect(reach))
      const onProgress = () => Effect.void
      const result = yield* inVirtualTime(fetchToFile({ url, reach, http, file, folder, onProgress }))
      const sha256 = createHash("sha256").update(clip).digest("hex")
      expect(result).toEqual(Result.succeed({ bytes: 300_000, sha256 }))
      expect(Buffer.compare(yield* fs.readFile(`${folder}/clip.part`), clip)).toBe(0)
      expect(ranges).toHaveLength(3)
      expect(ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true)
    }).pipe(Effect.provide([NodeFileSystem.layer, nodeFileHost]))
  )
})
