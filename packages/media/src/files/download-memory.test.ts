import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { createServer, type ServerResponse } from "node:http"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { sampleVideo } from "../testing/file-server.ts"
import { listenScoped } from "./testing/listen-scoped.ts"

const gibibyte = 1024 ** 3
const chunkBytes = 1024 ** 2
const program = fileURLToPath(new URL("testing/download-program.ts", import.meta.url))

/** A video of the given size: its head, then repeated bytes. */
const videoChunks = function* (bytes: number): Generator<Uint8Array> {
  const head = sampleVideo(chunkBytes)
  new DataView(head.buffer).setUint32(40, bytes - 40)
  yield head
  const rest = sampleVideo(chunkBytes, 3)
  for (let at = chunkBytes; at < bytes; at += chunkBytes) yield rest
}

const send = async (response: ServerResponse, bytes: number): Promise<string> => {
  const sha256 = createHash("sha256")
  response.writeHead(200, { "content-length": bytes, etag: '"v1"' })
  for (const chunk of videoChunks(bytes)) {
    sha256.update(chunk)
    if (!response.write(chunk)) await new Promise((resolve) => response.once("drain", resolve))
  }
  response.end()
  return sha256.digest("hex")
}

describe("a video of 1 GiB", () => {
  it.live(
    "takes no more memory than one of 64 MiB, and its digest is correct",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        let sent = Promise.resolve("")
        const server = createServer((request, response) => {
          sent = send(response, request.url === "/small" ? 64 * chunkBytes : gibibyte)
        })
        const origin = yield* listenScoped(server)
        const { stdout } = yield* Effect.promise(() =>
          promisify(execFile)(execPath, [program, `${origin}/large`, folder, `${origin}/small`])
        )
        const saved = JSON.parse(stdout) as {
          readonly bytes: number
          readonly sha256: string
          readonly grewBytes: number
        }
        expect(saved).toMatchObject({ bytes: gibibyte, sha256: yield* Effect.promise(() => sent) })
        expect(Number((yield* fs.stat(`${folder}/large.mp4`)).size)).toBe(gibibyte)
        expect(saved.grewBytes).toBeLessThan(32 * 1024 ** 2)
      }).pipe(Effect.provide(NodeFileSystem.layer)),
    300_000
  )
})
