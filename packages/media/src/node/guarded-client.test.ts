import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Random, Result } from "effect"
import { HttpClient } from "effect/http"
import { createServer } from "node:http"
import { DeniedAddress } from "../files/file-host.ts"
import type { FetchPolicy } from "../files/fetch-policy.ts"
import { listenScoped } from "../files/testing/listen-scoped.ts"
import { guardedClient, type Resolve } from "./guarded-client.ts"
import { proxiesFromConfig } from "./proxies.ts"
import { hostileUrls } from "./testing/hostile-urls.ts"
import { watchSockets } from "./testing/watch-sockets.ts"

const outside: FetchPolicy = { klingIsLocal: false, privateHosts: [] }

/** A resolver that knows only these names; each query gets the next answer, and the last one repeats. */
const resolver = (names: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>>) => {
  const queries: Array<string> = []
  const resolve: Resolve = (name, _, callback) => {
    const answers = names[name] ?? []
    const found = answers[Math.min(queries.filter((query) => query === name).length, answers.length - 1)] ?? []
    queries.push(name)
    setImmediate(
      callback,
      null,
      found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
    )
  }
  return { queries, resolve }
}

const get = Effect.fnUntraced(function* (url: string, policy: FetchPolicy, resolve?: Resolve) {
  const client = HttpClient.withScope(yield* guardedClient(policy, resolve))
  return yield* Effect.result(Effect.flatMap(client.get(url), (response) => response.text))
}, Effect.scoped)

/** A proxy that records whom it is asked for, and refuses. */
const refusingProxy = Effect.gen(function* () {
  const tunnels: Array<string | undefined> = []
  const server = createServer()
  server.on("connect", ({ url }, socket) => {
    tunnels.push(url)
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n")
  })
  const origin = yield* listenScoped(server, "127.0.0.1")
  const env = { HTTPS_PROXY: origin.replace("127.0.0.1", "localhost"), no_proxy: "direct.example" }
  const proxies = yield* Effect.provide(proxiesFromConfig, ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  return { tunnels, proxies }
})

const causeOf = (result: Result.Result<string, { readonly reason: { readonly cause?: unknown } }>) =>
  Result.isFailure(result) ? result.failure.reason.cause : result.success

/** A server that says hello and records its requests. */
const greeter = (host: string) =>
  Effect.gen(function* () {
    const hosts: Array<string | undefined> = []
    const server = createServer((request, response) => {
      hosts.push(request.headers.host)
      response.end("hello")
    })
    const origin = yield* listenScoped(server, host)
    return { hosts, port: new URL(origin).port }
  })

describe("the client for files", () => {
  it.live("connects to the very address that was checked, resolving it once", () =>
    Effect.gen(function* () {
      const first = yield* greeter("127.0.0.1")
      const { queries, resolve } = resolver({ localhost: [["127.0.0.1"], ["169.254.169.254"], ["10.0.0.1"]] })
      const sockets = yield* watchSockets
      const policy = { ...outside, klingIsLocal: true }
      expect(yield* get(`http://localhost:${first.port}/`, policy, resolve)).toEqual(Result.succeed("hello"))
      expect(queries).toEqual(["localhost"])
      expect(sockets).toEqual(["127.0.0.1"])
      // The name resolves to another address now: it is checked again, and denied.
      expect(causeOf(yield* get(`http://localhost:${first.port}/`, policy, resolve))).toBeInstanceOf(DeniedAddress)
      expect([first.hosts.length, sockets]).toEqual([1, ["127.0.0.1"]])
    })
  )

  it.live("opens no socket when any record of a name is private", () =>
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
        expect(cause).toBeInstanceOf(DeniedAddress)
        expect(String(cause)).toContain("points into a private network")
      }
      expect(sockets).toEqual([])
    })
  )

  it.live("does not report an unknown name as denied", () =>
    Effect.gen(function* () {
      const { resolve } = resolver({})
      expect(causeOf(yield* get("https://gone.example/", outside, resolve))).not.toBeInstanceOf(DeniedAddress)
    })
  )

  it.live("opens no socket for any of 1,000 hostile URLs, whatever their names resolve to", () =>
    Effect.gen(function* () {
      const trap = yield* greeter("127.0.0.1")
      const sockets = yield* watchSockets
      // A resolver under the attacker's control: every name resolves to this machine.
      const resolve: Resolve = (_, __, callback) => setImmediate(callback, null, [{ address: "127.0.0.1", family: 4 }])
      const urls = yield* hostileUrls(1000, trap.port).pipe(Random.withSeed("klingkit"))
      expect(new Set(urls).size).toBe(1000)
      const reached = yield* Effect.filter(urls, (url) => Effect.map(get(url, outside, resolve), Result.isSuccess))
      expect(reached).toEqual([])
      expect([trap.hosts, sockets]).toEqual([[], []])
    })
  )
})

describe("behind a proxy", () => {
  it.live("a name is left to the proxy, which may be in a private network, and a URL is judged as it is", () =>
    Effect.gen(function* () {
      const { tunnels, proxies } = yield* refusingProxy
      const { queries, resolve } = resolver({ "direct.example": [["10.0.0.1"]] })
      const ask = (url: string) =>
        Effect.scoped(
          Effect.flatMap(guardedClient(outside, resolve, proxies), (client) =>
            Effect.result(Effect.flatMap(client.get(url), ({ text }) => text))
          )
        )
      expect(Result.isFailure(yield* ask("https://files.example/a.mp4"))).toBe(true)
      expect([tunnels, queries]).toEqual([["files.example:443"], []])
      for (const url of ["https://10.0.0.1/", "https://metadata.google.internal/", "https://localhost/"]) {
        expect(causeOf(yield* ask(url))).toEqual(new DeniedAddress({ reason: "PrivateNetwork" }))
      }
      expect(causeOf(yield* ask("https://direct.example/"))).toEqual(new DeniedAddress({ reason: "PrivateNetwork" }))
      expect(tunnels).toHaveLength(1)
    })
  )
})
