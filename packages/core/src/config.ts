import { Config, Effect, Option, type Redacted } from "effect"
import { copyingMistake } from "./auth/credential-shape.ts"
import { type Credentials, credentialsFromConfig } from "./auth/credentials.ts"
import type { RetrySchedule } from "./client/retry.ts"
import { invalidInput, invalidSetting, type KlingError } from "./errors/kling-error.ts"
import { consoleSites } from "./kling-facts.ts"

/** Kling's API hosts; a key works in its own region only. */
export const regionUrls = {
  global: "https://api-singapore.klingai.com",
  china: "https://api-beijing.klingai.com"
} as const

/** The region of each of Kling's API hosts; the last one is old and still answers. */
export const regionHosts: Readonly<Record<string, keyof typeof regionUrls>> = {
  [regionUrls.global]: "global",
  [regionUrls.china]: "china",
  "https://api.klingai.com": "global"
}

export interface KlingConfig {
  readonly credentials: Credentials
  /** The API's base URL: one of `regionUrls`, or another https URL. */
  readonly baseUrl: string
  /**
   * When failed requests are sent again; by default `retrySchedule`, which can be modified: `Schedule.upTo({ times: 1 })`.
   * Whatever the schedule: a paid request is sent again only if Kling has certainly not accepted it, `Retry-After` is
   * honoured, no retry starts later than 90 seconds after the first attempt, and all calls share a retry budget.
   */
  readonly retrySchedule?: RetrySchedule
}

/** Whether the API runs on this machine: an emulator. */
export const isLocalUrl = (baseUrl: string): boolean =>
  URL.canParse(baseUrl) && loopback.test(new URL(baseUrl).hostname)

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Where people look Kling up, which answers no API request. */
const websites: ReadonlySet<string> = new Set([...Object.values(consoleSites), "www.kling.ai", "app.klingai.com"])

/**
 * Checks a base URL: https, or http on this machine only, since the credential travels with every request. A `/v1` at its
 * end is left out: the paths of the legacy generation begin with it.
 */
export const checkBaseUrl = (value: string): Effect.Effect<string, KlingError> => {
  const refuse = (message: string) => Effect.fail(invalidSetting("baseUrl", message))
  const mistake = copyingMistake(value)
  if (mistake !== undefined) return refuse(mistake)
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || url.host === "") return refuse(`must be an https URL, such as ${regionUrls.global}`)
  // Without user name and query, which may contain secrets.
  const bare = `${url.host}${url.pathname}`.replace(/\/+$/, "").replace(/\/v1$/, "")
  const isLocal = loopback.test(url.hostname)
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    return refuse(`must be an https URL (http for localhost only): https://${bare}`)
  }
  const nearest = `${url.protocol}//${bare}`
  if (`${url.username}${url.password}` !== "") return refuse(`must be without user name and password: ${nearest}`)
  if (`${url.search}${url.hash}` !== "") return refuse(`must be without query and fragment: ${nearest}`)
  if (websites.has(url.hostname)) return refuse(`is Kling's website; its API is at ${regionUrls.global}`)
  // Kling's own hosts have no path.
  return Effect.succeed(Object.hasOwn(regionHosts, url.origin) ? url.origin : nearest)
}

const unreadableBaseUrl = () => Effect.fail(invalidSetting("baseUrl", "cannot be read"))

/** `KLINGAI_BASE_URL`: it goes before every region. */
export const otherBaseUrl: Effect.Effect<string | undefined, KlingError> = Effect.gen(function* () {
  const url = yield* Config.option(Config.String("KLINGAI_BASE_URL"))
  return Option.isSome(url) && url.value.trim() !== "" ? yield* checkBaseUrl(url.value.trim()) : undefined
}).pipe(Effect.catchTag("ConfigError", unreadableBaseUrl))

/** The API's base URL from `KLINGAI_BASE_URL`, else from `KLINGAI_REGION` (`global` or `china`). */
export const baseUrlFromConfig: Effect.Effect<string, KlingError> = Effect.gen(function* () {
  const url = yield* otherBaseUrl
  if (url !== undefined) return url
  const region = (yield* Config.option(Config.String("KLINGAI_REGION"))).pipe(Option.getOrElse(() => "global"))
  if (region === "global" || region === "china") return regionUrls[region]
  return yield* invalidSetting("region", "must be global or china")
}).pipe(Effect.catchTag("ConfigError", unreadableBaseUrl))

/** Where Kling's configuration is read instead of the environment variables `KLINGAI_API_KEY` etc. */
export interface KlingConfigOptions {
  readonly apiKey?: Config.Config<Redacted.Redacted>
  /** Without an API key; works on legacy paths only. */
  readonly keyPair?: Config.Wrap<{ readonly accessKey: string; readonly secretKey: Redacted.Redacted }>
  readonly baseUrl?: Config.Config<string>
  readonly retrySchedule?: RetrySchedule
}

/** Reads each missing option from the environment; a credential is taken from one source as a whole. */
export const klingConfig = Effect.fnUntraced(function* (
  options: KlingConfigOptions = {}
): Effect.fn.Return<KlingConfig, KlingError> {
  const { apiKey, keyPair, baseUrl, retrySchedule } = options
  const credentials = yield* apiKey !== undefined
    ? readable(
        "apiKey",
        Config.map(apiKey, (key): Credentials => ({ kind: "api-key", apiKey: key }))
      )
    : keyPair !== undefined
      ? readable(
          "keyPair",
          Config.map(Config.unwrap(keyPair), (pair): Credentials => ({ kind: "key-pair", ...pair }))
        )
      : credentialsFromConfig
  return {
    credentials,
    baseUrl: yield* baseUrl === undefined ? baseUrlFromConfig : readable("baseUrl", baseUrl),
    ...(retrySchedule === undefined ? {} : { retrySchedule })
  }
})

const readable = <A>(field: keyof KlingConfigOptions, config: Config.Config<A>): Effect.Effect<A, KlingError> =>
  Effect.mapError(config, (error) => invalidInput([{ field, message: `cannot be read: ${error.message}` }]))
