import { type Redact, redactor } from "@klingkit/core/internal"
import { Effect } from "effect"
import { text } from "./settings.ts"

/**
 * The secrets that a process knows, by their values: those of its settings, and those that callers send. What is written for
 * operators passes through `redact`, whichever field or error a secret has come into. Shorter ones than 8 characters are not
 * recognized.
 */
export interface KnownSecrets {
  readonly redact: Redact
  /** Knows the credentials of a request; the function that is returned ends that, some requests later. */
  readonly hold: (secrets: ReadonlyArray<string>) => () => void
}

/** Work that a request has started may still fail when it is answered. */
const keptAfterwards = 32

export const makeKnownSecrets = (configured: ReadonlyArray<string>): KnownSecrets => {
  const known = new Map<string, { readonly redact: Redact; holders: number }>()
  const ended = new Set<string>()
  const own = redactor(configured)

  const take = (secret: string) => {
    ended.delete(secret)
    const entry = known.get(secret) ?? { redact: redactor([secret]), holders: 0 }
    known.set(secret, entry)
    entry.holders += 1
  }
  const release = (secret: string) => {
    const entry = known.get(secret)
    if (entry === undefined || --entry.holders > 0) return
    ended.add(secret)
    const [oldest] = ended
    if (oldest === undefined || ended.size <= keptAfterwards) return
    ended.delete(oldest)
    known.delete(oldest)
  }

  return {
    redact: (line) => [...known.values()].reduce((rest, { redact }) => redact(rest), own(line)),
    hold: (secrets) => {
      for (const secret of secrets) take(secret)
      return () => {
        for (const secret of secrets) release(secret)
      }
    }
  }
}

const settings = [
  "KLINGAI_API_KEY",
  "KLINGAI_ACCESS_KEY",
  "KLINGAI_SECRET_KEY",
  "KLING_ACCESS_KEY",
  "KLING_SECRET_KEY",
  "KLINGKIT_SECRET",
  "KLINGKIT_AUTH_CLIENT_SECRET",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "PGPASSWORD"
]
const lists = ["KLINGKIT_CALLBACK_SECRETS", "KLINGKIT_FORMER_SECRETS"]
const urls = ["KLINGKIT_DATABASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"]

/** The secrets among the settings of a server. */
export const configuredSecrets: Effect.Effect<ReadonlyArray<string>> = Effect.gen(function* () {
  const valuesOf = (names: ReadonlyArray<string>) =>
    Effect.map(Effect.forEach(names, text), (values) => values.filter((value) => value !== undefined))
  return [
    ...(yield* valuesOf(settings)),
    ...(yield* valuesOf(lists)).flatMap((list) => list.split(",").map((secret) => secret.trim())),
    ...(yield* valuesOf(urls)).flatMap(passwordOf)
  ]
})

/** As it is written, and as it is sent. */
const passwordOf = (url: string): ReadonlyArray<string> => {
  const password = URL.parse(url)?.password ?? ""
  try {
    return password === "" ? [] : [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}
