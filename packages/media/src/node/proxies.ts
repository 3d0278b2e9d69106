import { Config, Effect, Option, Redacted } from "effect"
import type { AgentOptions } from "node:http"

type ProxyEnv = NonNullable<AgentOptions["proxyEnv"]>

/** The proxies that the environment names, as other programs read them. Their URLs may hold a password. */
export interface Proxies {
  readonly env: Redacted.Redacted<ProxyEnv>
  /** The names of the proxies themselves. */
  readonly hosts: ReadonlyArray<string>
}

// This machine is never reached through a proxy: an emulator may run here.
const direct = ["localhost", "127.0.0.1", "[::1]", "::1"]

const either = (name: string) =>
  Effect.map(
    Effect.all([Config.option(Config.String(name.toLowerCase())), Config.option(Config.String(name))]),
    ([small, capital]) => [small, capital].flatMap(Option.toArray).find((value) => value.trim() !== "")
  )

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in small letters too; undefined when there is no proxy. */
export const proxiesFromConfig: Effect.Effect<Proxies | undefined, Config.ConfigError> = Effect.gen(function* () {
  const urls = { HTTPS_PROXY: yield* either("HTTPS_PROXY"), HTTP_PROXY: yield* either("HTTP_PROXY") }
  const given = Object.entries(urls).filter(([, url]) => url !== undefined)
  if (given.length === 0) return undefined
  const noProxy = [yield* either("NO_PROXY"), ...direct].filter((entry) => entry !== undefined).join(",")
  const hosts = given.flatMap(([, url = ""]) => (URL.canParse(url) ? [new URL(url).hostname] : []))
  return { env: Redacted.make({ ...Object.fromEntries(given), NO_PROXY: noProxy }), hosts }
})

/** From now on `fetch` and Node's own clients use the proxies of the environment. Returns why they cannot. */
export const useProxies: Effect.Effect<string | undefined, Config.ConfigError> = Effect.gen(function* () {
  const proxies = yield* proxiesFromConfig
  if (proxies === undefined) return undefined
  if (proxies.hosts.length === 0) return "the proxy is not a URL such as http://proxy.example.com:3128"
  const http = yield* Effect.promise(() => import("node:http"))
  // Node 22 and early versions of Node 24 read proxies only at their start.
  if (!("setGlobalProxyFromEnv" in http)) {
    return `a proxy needs Node 24.14 or newer, and this is ${process.version}; or set NODE_USE_ENV_PROXY=1 as well`
  }
  http.setGlobalProxyFromEnv(Redacted.value(proxies.env))
  return undefined
})
