import { baseUrlFromConfig, resultDomains } from "@klingkit/core/internal"
import { MediaStore } from "@klingkit/jobs/internal"
import { Config, Effect, Option } from "effect"

/** The exact host is known only from each answer, so whole domains are declared. */
const defaultMediaDomains = resultDomains.map((domain) => `https://*.${domain}`)

/** `https://cdn.example.com`, `https://*.example.com`; http on this machine only. */
const isMediaDomain = (text: string): boolean =>
  /^(https:\/\/(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+|http:\/\/(localhost|127\.0\.0\.1))(:\d{1,5})?$/.test(text)

/**
 * Origins from which the page may show media: that of the media store alone, where results are stored before they are shown;
 * else the domains of Kling, or a local Kling's own. `KLINGKIT_MEDIA_DOMAINS` (comma-separated) adds to them. Entries that are
 * not origins are dropped, since hosts put them into their policy.
 */
export const mediaDomainsFromConfig: Effect.Effect<ReadonlyArray<string>> = Effect.gen(function* () {
  const added = yield* Config.option(Config.String("KLINGKIT_MEDIA_DOMAINS")).pipe(Effect.orDie)
  const named = Option.getOrElse(added, () => "")
    .split(",")
    .map((text) => text.trim())
    .filter(isMediaDomain)
  const store = yield* MediaStore
  if (store !== undefined) return [...new Set([store.origin, ...named])]
  const own = yield* Effect.match(baseUrlFromConfig, { onFailure: () => [], onSuccess: thisMachine })
  return [...new Set([...defaultMediaDomains, ...named, ...own])]
})

/** http is allowed only for a base URL on this machine; its two names are one server, but two origins to a browser. */
const thisMachine = (baseUrl: string): ReadonlyArray<string> => {
  const { protocol, port } = new URL(baseUrl)
  const at = port === "" ? "" : `:${port}`
  return protocol === "http:" ? [`http://127.0.0.1${at}`, `http://localhost${at}`] : []
}
