import { describe, expect, it } from "@effect/vitest"
import { Effect, Random, Result } from "effect"
import { HttpClient } from "effect/http"
import { createServer } from "node:http"
import { RefusedAddress } from "../files/file-host.ts"
import type { Reach } from "../files/reach.ts"
import { listening } from "../files/testing/listening.ts"
import { guardedClient, type Resolve } from "./guarded-client.ts"
import { hostileUrls } from "./testing/hostile-urls.ts"
import { watchSockets } from "./testing/watch-sockets.ts"

const outside: Reach = { klingIsLocal: false, privateHosts: [] }

/** A resolver that knows these names only; each question gets the next answer, the last one again and again. */
const resolver = (names: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>) => {
  const asked: Array<string> = []
  const resolve: Resolve = (name, _, told) => {
    const answers = names[name] ?? []
    const found = answers[Math.min(asked.filter((one) => one === name).length, answers.length - 1)] ?? []
    asked.push(name)
    setImmediate(
      told,
      null,
      found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
    )
  }
  return { asked, resolve }
}

const get = Effect.fnUntraced(function* (url: string, reach: Reach, resolve?: Resolve) {
  const client = HttpClient.withScope(yield* guardedClient(reach, resolve))
  return yield* Effect.result(Effect.flatMap(client.get(url), (response) => response.text))
}, Effect.scoped)

const causeOf = (result: Result.Result<string, { readonly reason: { readonly cause?: unknown } }>) =>
  Result.isFailure(result) ? result.failure.reason.cause : result.success

/** Greets whoever comes, and counts them. */
const greeter = (host: string) =>
  Effect.gen(function* () {
    const seen: Array<string | undefined> = []
    const server = createServer((request, response) => {
      seen.push(request.headers.host)
      response.end("hello")
    })
    const origin = yield* listening(server, host)
    return { seen, port: new URL(origin).port }
  })

describe("the client for files", () => {
  it.live("connects to the very address that was checked, asking for it once", () =>
    Effect.gen(function* () {
      const first = yield* greeter("127.0.0.1")
      const { asked, resolve } = resolver({ localhost: [["127.0.0.1"], ["169.254.169.254"], ["10.0.0.1"]] })
      const sockets = yield* watchSockets
      const reach = { ...outside, klingIsLocal: true }
      expect(yield* get(`http://localhost:${first.port}/`, reach, resolve)).toEqual(Result.succeed("hello"))
      expect(asked).toEqual(["localhost"])
      expect(sockets).toEqual(["127.0.0.1"])
      // The name was given another address since: it is checked anew, and refused.
      expect(causeOf(yield* get(`http://localhost:${first.port}/`, reach, resolve))).toBeInstanceOf(RefusedAddress)
      expect([first.seen.length, sockets]).toEqual([1, ["127.0.0.1"]])
    })
  )

  it.live("opens no socket when one record of a name is private, wherever it stands in the list", () =>
    Effect.gen(function* () {
      const sockets = yield* watchSockets
      for (const records of [
        ["10.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["fd00::1", "2606:4700::1111"],
        ["8.8.8.8", "8.8.4.4", "::ffff:127.0.0.1"],
        ["169.254.169.254", "8.8.8.8"]
      ]) {
        const { resolve } = resolver({ "cdn.example": [records] })
        const cause = causeOf(yield* get("https://cdn.example/a.mp4", outside, resolve))
        expect(cause).toBeInstanceOf(RefusedAddress)
        expect(String(cause)).toContain("points into a private network")
      }
      expect(sockets).toEqual([])
    })
  )

  it.live("says that a name is not known, and does not take that for a refusal", () =>
    Effect.gen(function* () {
      const { resolve } = resolver({})
      expect(causeOf(yield* get("https://gone.example/", outside, resolve))).not.toBeInstanceOf(RefusedAddress)
    })
  )

  it.live("opens no socket for any of 1,000 hostile URLs, whatever their names resolve to", () =>
    Effect.gen(function* () {
      const trap = yield* greeter("127.0.0.1")
      const sockets = yield* watchSockets
      // A resolver in the hands of the attacker: every name leads to this machine.
      const resolve: Resolve = (_, __, told) => setImmediate(told, null, [{ address: "127.0.0.1", family: 4 }])
      const urls = yield* hostileUrls(1000, trap.port).pipe(Random.withSeed("klingkit"))
      expect(new Set(urls).size).toBe(1000)
      const reached = yield* Effect.filter(urls, (url) => Effect.map(get(url, outside, resolve), Result.isSuccess))
      expect(reached).toEqual([])
      expect([trap.seen, sockets]).toEqual([[], []])
    })
  )
})
