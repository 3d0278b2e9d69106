import { Clock, Effect, Layer, Redacted, Ref } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64Url } from "effect/encoding"
import type { KlingError } from "../errors/kling-error.ts"
import { checkCredentials, type CredentialKind, type Credentials } from "./credentials.ts"

const lifetimeSeconds = 1800
// Renewed this long before it expires, so that a slow request does not outlive its token.
const renewBeforeSeconds = 300
const notBeforeSeconds = 5

/** Supplies the bearer token for the `Authorization` header. */
export interface TokenSource {
  readonly kind: CredentialKind
  readonly token: Effect.Effect<Redacted.Redacted>
  /** Values, besides the token, to redact from every response. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** After 1003/1004: drops the cached token and adopts the server's clock from its `Date` header (ms, if present). */
  readonly renew: (serverTime: number | undefined) => Effect.Effect<void>
}

/** An API key is sent as is; a key pair signs a token (HS256) that is cached until shortly before it expires. */
export const makeTokenSource = Effect.fnUntraced(function* (
  given: Credentials
): Effect.fn.Return<TokenSource, KlingError> {
  const credentials = yield* checkCredentials(given)
  if (credentials.kind === "key-pair") return yield* signedTokens(credentials.accessKey, credentials.secretKey)
  return { kind: "api-key", token: Effect.succeed(credentials.apiKey), secrets: [], renew: () => Effect.void }
})

const signedTokens = Effect.fnUntraced(function* (accessKey: string, secretKey: Redacted.Redacted) {
  const cached = yield* Ref.make<{ readonly token: Redacted.Redacted; readonly renewAt: number } | undefined>(undefined)
  const clockOffset = yield* Ref.make(0)
  const token = Effect.gen(function* () {
    const now = (yield* Clock.currentTimeMillis) + (yield* Ref.get(clockOffset))
    const current = yield* Ref.get(cached)
    if (current !== undefined && now < current.renewAt) return current.token
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
  return { kind: "key-pair" as const, token, secrets: [Redacted.make(accessKey), secretKey], renew }
})

const encoder = new TextEncoder()

const sign = Effect.fnUntraced(
  function* (secretKey: Redacted.Redacted, claims: Readonly<Record<string, string | number>>) {
    const head = Base64Url.encode(JSON.stringify({ alg: "HS256", typ: "JWT" }))
    const unsigned = `${head}.${Base64Url.encode(JSON.stringify(claims))}`
    const key = yield* Mac.key(Mac.hmacSha256, encoder.encode(Redacted.value(secretKey)))
    const signature = yield* Mac.Mac.use((mac) => mac.sign(key, encoder.encode(unsigned)))
    return Redacted.make(`${unsigned}.${Base64Url.encode(signature)}`)
  },
  Effect.orDie,
  Effect.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))
)
