import { Effect, Layer, Redacted } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64 } from "effect/encoding"

export interface SignedMessage {
  /** Unique per event, and identical when one event is sent again. */
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

/** The headers that sign a message (Standard Webhooks, HMAC-SHA256), with a secret such as `whsec_...`. */
export const signCallback = Effect.fnUntraced(
  function* (secret: Redacted.Redacted, { id, timestampSeconds, body }: SignedMessage) {
    const bytes = yield* Effect.fromResult(Base64.decode(Redacted.value(secret).replace(/^whsec_/, "")))
    const key = yield* Mac.key(Mac.hmacSha256, bytes)
    const signed = new TextEncoder().encode(`${id}.${timestampSeconds}.${body}`)
    return {
      "webhook-id": id,
      "webhook-timestamp": String(timestampSeconds),
      "webhook-signature": `v1,${Base64.encode(yield* Mac.Mac.use((mac) => mac.sign(key, signed)))}`
    }
  },
  Effect.orDie,
  Effect.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))
)
