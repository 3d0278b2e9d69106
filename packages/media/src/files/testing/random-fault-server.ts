import { Effect, Random } from "effect"
import { bodyOf, fileReply, type FileServer, fileServer, sampleVideo, type Reply } from "../../testing/file-server.ts"

const page = new TextEncoder().encode("<!DOCTYPE html><title>Sign in</title>".padEnd(3000))

/** One response of the file server: its kind, and the byte offset at which it fails. */
type ResponseKind = readonly [kind: number, offset: number]

/** A server with random responses to one download: complete, interrupted, silent, changed, invalid, refused, redirected. */
export const randomFaultServer: Effect.Effect<{
  readonly server: FileServer
  readonly copies: ReadonlyArray<Uint8Array>
}> = Effect.gen(function* () {
  const seed = yield* Random.nextIntBetween(1, 1000)
  const copies = [sampleVideo(20_000, seed), sampleVideo(15_000, seed + 1)]
  const kinds: ReadonlyArray<ResponseKind> = yield* Effect.forEach(Array.from({ length: 7 }), () =>
    Effect.all([Random.nextIntBetween(0, 17), Random.nextIntBetween(1, 14_000)])
  )
  let version = 0
  const server = fileServer((request): Reply | "no connection" | "silence" => {
    const [kind, offset] = kinds[request.index] ?? [0, 0]
    if (kind === 1) version = 1 - version
    const copy = copies[version] ?? new Uint8Array()
    const etag = `"v${version}"`
    const good = fileReply(copy, request, { etag })
    const short = bodyOf(copy.subarray(0, offset))
    const responses: ReadonlyArray<() => Reply | "no connection" | "silence"> = [
      () => good,
      () => good,
      () => fileReply(copy, request, { etag, sends: offset }),
      () => fileReply(copy, request, { etag, sends: offset, end: "silent" }),
      () => "no connection",
      () => "silence",
      () => ({ status: 503, body: bodyOf(page) }),
      () => ({ status: 403, body: bodyOf(page) }),
      () => ({ status: 416, headers: { "content-range": "bytes */1" }, body: bodyOf(new Uint8Array()) }),
      () => ({ status: 200, headers: { "content-type": "text/html" }, body: bodyOf(page) }),
      // Truncated, but ends like a complete response.
      () => ({ status: 200, headers: {}, body: short }),
      () => ({ status: 200, headers: { "content-length": String(offset), etag }, body: short }),
      // A wrong length.
      () => ({ ...good, headers: { ...good.headers, "content-length": String(copy.length + offset) } }),
      () => ({ ...good, headers: { ...good.headers, "content-length": "9007199254740993" } }),
      // A range other than the requested one, or one that was not requested.
      () => ({
        status: 206,
        headers: { etag, "content-range": `bytes ${offset}-${copy.length - 1}/${copy.length}` },
        body: bodyOf(copy.subarray(offset))
      }),
      () => ({ status: 302, headers: { location: "https://elsewhere.example/video" }, body: bodyOf(page) }),
      () => ({ status: 302, headers: { location: "http://169.254.169.254/" }, body: bodyOf(page) }),
      () => ({ ...good, headers: { ...good.headers, etag: `W/${etag}` } })
    ]
    return responses[kind]?.() ?? good
  })
  return { server, copies }
})
