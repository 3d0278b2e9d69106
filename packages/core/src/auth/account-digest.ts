import { Effect, Redacted } from "effect"
import { Hex } from "effect/encoding"
import type { Credentials } from "./credentials.ts"

/** Identifies a Kling account without revealing its key: a digest of the base URL and the credential. */
export const accountDigest = (baseUrl: string, credentials: Credentials): Effect.Effect<string> => {
  const key =
    credentials.kind === "api-key"
      ? Redacted.value(credentials.apiKey)
      : `${credentials.accessKey}\n${Redacted.value(credentials.secretKey)}`
  return Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${baseUrl}\n${key}`))).pipe(
    Effect.map((digest) => Hex.encode(new Uint8Array(digest).subarray(0, 10)))
  )
}
