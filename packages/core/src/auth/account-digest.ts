import { Effect, Redacted } from "effect"
import * as Digest from "effect/crypto/Digest"
import { Hex } from "effect/encoding"
import type { Credentials } from "./credentials.ts"

/** Identifies a Kling account without revealing its key: a digest of the base URL and the credential. */
export const accountDigest = (baseUrl: string, credentials: Credentials): Effect.Effect<string> => {
  const key =
    credentials.kind === "api-key"
      ? Redacted.value(credentials.apiKey)
      : `${credentials.accessKey}\n${Redacted.value(credentials.secretKey)}`
  const bytes = new TextEncoder().encode(`${baseUrl}\n${key}`)
  return Digest.Digest.use(({ digest }) => digest(Digest.sha256, bytes)).pipe(
    Effect.map((digest) => Hex.encode(digest.subarray(0, 10))),
    Effect.provide(Digest.layerWebCrypto)
  )
}
