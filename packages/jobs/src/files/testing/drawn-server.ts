import { Effect, Random } from "effect"
import { bodyOf, fileReply, type FileServer, fileServer, film, type Reply } from "./file-server.ts"

const page = new TextEncoder().encode("<!DOCTYPE html><title>Sign in</title>".padEnd(3000))

/** One way in which an answer of a file server goes, of all that were ever seen. `at` is where it breaks. */
type Turn = readonly [kind: number, at: number]

/** A server whose answers to one download are drawn: whole, cut, silent, changed, lying, refusing, sending on. */
export const drawnServer: Effect.Effect<{ readonly server: FileServer; readonly copies: ReadonlyArray<Uint8Array> }> =
  Effect.gen(function* () {
    const seed = yield* Random.nextIntBetween(1, 1000)
    const copies = [film(20_000, seed), film(15_000, seed + 1)]
    const turns: ReadonlyArray<Turn> = yield* Effect.forEach(Array.from({ length: 7 }), () =>
      Effect.all([Random.nextIntBetween(0, 17), Random.nextIntBetween(1, 14_000)])
    )
    let version = 0
    const server = fileServer((asked): Reply | "no connection" | "silence" => {
      const [kind, at] = turns[asked.turn] ?? [0, 0]
      if (kind === 1) version = 1 - version
      const copy = copies[version] ?? new Uint8Array()
      const etag = `"v${version}"`
      const good = fileReply(copy, asked, { etag })
      const short = bodyOf(copy.subarray(0, at))
      const ways: ReadonlyArray<() => Reply | "no connection" | "silence"> = [
        () => good,
        () => good,
        () => fileReply(copy, asked, { etag, sends: at }),
        () => fileReply(copy, asked, { etag, sends: at, end: "silent" }),
        () => "no connection",
        () => "silence",
        () => ({ status: 503, body: bodyOf(page) }),
        () => ({ status: 403, body: bodyOf(page) }),
        () => ({ status: 416, headers: { "content-range": "bytes */1" }, body: bodyOf(new Uint8Array()) }),
        () => ({ status: 200, headers: { "content-type": "text/html" }, body: bodyOf(page) }),
        // Cut short, and the end looks like an end.
        () => ({ status: 200, headers: {}, body: short }),
        () => ({ status: 200, headers: { "content-length": String(at), etag }, body: short }),
        // A length that is none.
        () => ({ ...good, headers: { ...good.headers, "content-length": String(copy.length + at) } }),
        () => ({ ...good, headers: { ...good.headers, "content-length": "9007199254740993" } }),
        // Another part than the one that was asked for, or one that nobody asked for.
        () => ({
          status: 206,
          headers: { etag, "content-range": `bytes ${at}-${copy.length - 1}/${copy.length}` },
          body: bodyOf(copy.subarray(at))
        }),
        () => ({ status: 302, headers: { location: "https://elsewhere.example/clip" }, body: bodyOf(page) }),
        () => ({ status: 302, headers: { location: "http://169.254.169.254/" }, body: bodyOf(page) }),
        () => ({ ...good, headers: { ...good.headers, etag: `W/${etag}` } })
      ]
      return ways[kind]?.() ?? good
    })
    return { server, copies }
  })
