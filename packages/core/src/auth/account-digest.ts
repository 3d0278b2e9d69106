import { Effect, Redacted } from "effect"
import * as Digest from "effect/crypto/Digest"
import { Hex } from "effect/encoding"
import type { Credentials } from "./credentials.ts"

/** The account of a client without a credential: it can pay for nothing. */
export const noAccount = "none"

/** Identifies base URL and credential without revealing a key. Of the same account, each key has its own. */
export const accountDigest = (baseUrl: string, credentials: Credentials): Effect.Effect<string> =>
  digestOf(`${baseUrl}\n${keyOf(credentials)}`)

/** Identifies a credential without revealing it, the same at any base URL. */
export const credentialDigest = (credentials: Credentials): Effect.Effect<string> => digestOf(keyOf(credentials))

const keyOf = (credentials: Credentials): string =>
  credentials.kind === "api-key"
    ? Redacted.value(credentials.apiKey)
    : `${credentials.accessKey}\n${Redacted.value(credentials.secretKey)}`

const digestOf = (text: string): Effect.Effect<string> =>
  Digest.Digest.use(({ digest }) => digest(Digest.sha256, new TextEncoder().encode(text))).pipe(
    Effect.map((digest) => Hex.encode(digest.subarray(0, 10))),
    Effect.provide(Digest.layerWebCrypto)
  )
