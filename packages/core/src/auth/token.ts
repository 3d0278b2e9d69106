import { Clock, Effect, Redacted, Ref } from "effect"
import { Base64Url } from "effect/encoding"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import type { Credentials } from "./credentials.ts"

const lifetimeSeconds = 1800
// Signed again this long before it ends, so that a slow request does not outlive its token.
const renewBeforeSeconds = 300
const notBeforeSeconds = 5

/** Hands out what follows `Authorization: Bearer`. */
export interface TokenSource {
  readonly token: Effect.Effect<Redacted.Redacted>
  /** What must come back in no text, besides the token. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** After 1003/1004: forgets the cached token and follows the server's clock from its `Date` header (ms, or nothing). */
  readonly renew: (serverTime: number | undefined) => Effect.Effect<void>
}

/** An API key goes out as it is; a key pair is signed (HS256) and the token kept until shortly before its end. */
export const makeTokenSource = (credentials: Credentials): Effect.Effect<TokenSource, KlingError> => {
  if (credentials.kind === "key-pair") return signedTokens(credentials.accessKey, credentials.secretKey)
  // Pasted with a line break or a typographic quote, it could not even be written into the header.
  return /^[!-~]+$/.test(Redacted.value(credentials.apiKey))
    ? Effect.succeed({ token: Effect.succeed(credentials.apiKey), secrets: [], renew: () => Effect.void })
    : Effect.fail(
        invalidInput([
          { field: "KLINGAI_API_KEY", message: "holds a blank or a character that no key has: copy it again" }
        ])
      )
}

const signedTokens = Effect.fnUntraced(function* (accessKey: string, secretKey: Redacted.Redacted) {
  const cached = yield* Ref.make<{ readonly token: Redacted.Redacted; readonly renewAt: number } | undefined>(undefined)
  const clockOffset = yield* Ref.make(0)
  const token = Effect.gen(function* () {
    const now = (yield* Clock.currentTimeMillis) + (yield* Ref.get(clockOffset))
    const kept = yield* Ref.get(cached)
    if (kept !== undefined && now < kept.renewAt) return kept.token
    const seconds = Math.floor(now / 1000)
    const signed = yield* sign(secretKey, {
      iss: accessKey,
      exp: seconds + lifetimeSeconds,
      nbf: seconds - notBeforeSeconds
    })
    yield* Ref.set(cached, { token: signed, renewAt: now + (lifetimeSeconds - renewBeforeSeconds) * 1000 })
    return signed
  })
  const renew = Effect.fnUntraced(function* (serverTime: number | undefined) {
    if (serverTime !== undefined) yield* Ref.set(clockOffset, serverTime - (yield* Clock.currentTimeMillis))
    yield* Ref.set(cached, undefined)
  })
  return { token, secrets: [Redacted.make(accessKey), secretKey], renew }
})

const encoder = new TextEncoder()

const sign = (secretKey: Redacted.Redacted, claims: Readonly<Record<string, string | number>>) =>
  Effect.promise(async () => {
    const head = Base64Url.encode(JSON.stringify({ alg: "HS256", typ: "JWT" }))
    const unsigned = `${head}.${Base64Url.encode(JSON.stringify(claims))}`
    const key = await crypto.subtle.importKey(
      "raw",
      encoder.encode(Redacted.value(secretKey)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"]
    )
    const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(unsigned)))
    return Redacted.make(`${unsigned}.${Base64Url.encode(signature)}`)
  })
