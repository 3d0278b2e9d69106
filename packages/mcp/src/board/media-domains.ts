import { baseUrlFromConfig } from "@klingkit/core"
import { Config, Effect, Option } from "effect"

/**
 * Where Kling's results have been seen to lie. Which host serves a file is known only from the answer that names it,
 * so whole domains are declared; others are added by `KLINGKIT_MEDIA_DOMAINS`.
 */
const usualMediaDomains: ReadonlyArray<string> = ["https://*.klingai.com", "https://*.kechuangai.com"]

/** `https://cdn.example.com`, `https://*.example.com`; http on this machine only. */
const isMediaDomain = (text: string): boolean =>
  /^(https:\/\/(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+|http:\/\/(localhost|127\.0\.0\.1))(:\d{1,5})?$/.test(text)

/**
 * Origins that a page may show media from. `KLINGKIT_MEDIA_DOMAINS` (a comma list) adds to the usual ones; a Kling on
 * this machine serves its files itself. Entries that are no origin are left out: a host turns them into its policy.
 */
export const mediaDomainsFromConfig: Effect.Effect<ReadonlyArray<string>> = Effect.gen(function* () {
  const added = yield* Config.option(Config.String("KLINGKIT_MEDIA_DOMAINS")).pipe(Effect.orDie)
  const named = Option.getOrElse(added, () => "")
    .split(",")
    .map((text) => text.trim())
    .filter(isMediaDomain)
  const own = yield* Effect.match(baseUrlFromConfig, { onFailure: () => [], onSuccess: thisMachine })
  return [...new Set([...usualMediaDomains, ...named, ...own])]
})

/** http is legal for a base URL on this machine only; its two names are one place, but two origins to a browser. */
const thisMachine = (baseUrl: string): ReadonlyArray<string> => {
  const { protocol, port } = new URL(baseUrl)
  const at = port === "" ? "" : `:${port}`
  return protocol === "http:" ? [`http://127.0.0.1${at}`, `http://localhost${at}`] : []
}
