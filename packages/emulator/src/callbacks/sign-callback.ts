import { Effect, Layer, Result } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64 } from "effect/encoding"

export interface Signed {
  /** Unique per event, and identical when one event is sent again. */
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

/** The headers that sign a callback (Kling docs, callbacks; Standard Webhooks, HMAC-SHA256). */
export const signCallback = Effect.fnUntraced(
  function* (secret: string, { id, timestampSeconds, body }: Signed) {
    const encoder = new TextEncoder()
    const secretBytes = Result.getOrElse(Base64.decode(secret.replace(/^whsec_/, "")), () => encoder.encode(secret))
    const key = yield* Mac.key(Mac.hmacSha256, secretBytes)
    const signature = yield* Mac.Mac.use((mac) => mac.sign(key, encoder.encode(`${id}.${timestampSeconds}.${body}`)))
    return {
      "webhook-id": id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": `v1,${Base64.encode(signature)}`
    }
  },
  Effect.orDie,
  Effect.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))
)
