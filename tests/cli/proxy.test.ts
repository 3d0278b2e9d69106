import { startEmulator } from "@klingkit/emulator"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { createServer as createHttpServer, request as httpRequest } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import { type AddressInfo, connect, type Server } from "node:net"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { linkedBin, start } from "./testing/built-klingkit.ts"

// Of `kling.test`, a name that no resolver knows; for these tests only.
const certificate = fileURLToPath(new URL("testing/kling.test.crt", import.meta.url))
const key = fileURLToPath(new URL("testing/kling.test.key", import.meta.url))

const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
        })
    ),
    () => Effect.sync(() => void server.close())
  )

/** An emulator over TLS, which is `kling.test` to the proxy alone. */
const behindProxy = Effect.gen(function* () {
  const { url, apiKey } = yield* startEmulator()
  const kling = createHttpsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (incoming, outgoing) => {
    const { method, headers } = incoming
    const forwarded = httpRequest(
      new URL(incoming.url ?? "/", url),
      { method, headers: { ...headers, host: new URL(url).host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      }
    )
    incoming.pipe(forwarded)
  })
  const klingPort = yield* listening(kling)
  const tunnels: Array<string | undefined> = []
  const passwords: Array<string | undefined> = []
  const proxy = createHttpServer()
  proxy.on("connect", ({ url: target, headers }, socket) => {
    tunnels.push(target)
    passwords.push(headers["proxy-authorization"])
    const upstream = connect(klingPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
      upstream.pipe(socket).pipe(upstream)
    })
    socket.on("error", () => upstream.destroy())
    upstream.on("error", () => socket.destroy())
  })
  const proxyPort = yield* listening(proxy)
  const env = {
    KLINGAI_API_KEY: apiKey,
    KLINGAI_BASE_URL: "https://kling.test",
    NODE_EXTRA_CA_CERTS: certificate,
    https_proxy: `http://me:s3cr3t@127.0.0.1:${proxyPort}`
  }
  return { env, tunnels, passwords, emulatorUrl: url }
})

it("a command reaches Kling through the proxy of the environment, and this machine without it", () =>
  Effect.gen(function* () {
    const { env, tunnels, passwords, emulatorUrl } = yield* behindProxy
    const run = (more: Readonly<Record<string, string>> = {}) =>
      Effect.promise(() => start(linkedBin, ["account", "costs", "--json"], { env: { ...env, ...more } }).ended)

    const through = yield* run()
    expect(through.exitCode).toBe(0)
    expect(JSON.parse(through.stdout)).not.toEqual([])
    expect(new Set(tunnels)).toEqual(new Set(["kling.test:443"]))
    expect(passwords[0]).toBe(`Basic ${btoa("me:s3cr3t")}`)

    const count = tunnels.length
    const local = yield* run({ KLINGAI_BASE_URL: emulatorUrl })
    expect(local.exitCode).toBe(0)
    const excepted = yield* run({ NO_PROXY: "kling.test" })
    expect(excepted.exitCode).not.toBe(0)
    expect(tunnels).toHaveLength(count)

    const wrong = yield* run({ https_proxy: "", HTTPS_PROXY: "proxy:s3cr3t" })
    expect(wrong.stderr).not.toContain("s3cr3t")
  }).pipe(Effect.scoped, Effect.runPromise))
