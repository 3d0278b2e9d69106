import { Effect, Result } from "effect"
import { Base64 } from "effect/encoding"

export interface Signed {
  /** Unique per event, and identical when one event is sent again. */
  readonly id: string
  readonly timestampSeconds: number
  readonly body: string
}

/** The headers that sign a callback (Kling docs, callbacks; Standard Webhooks, HMAC-SHA256). */
export const signCallback = Effect.fnUntraced(function* (secret: string, { id, timestampSeconds, body }: Signed) {
  const encoder = new TextEncoder()
  const secretBytes = Result.getOrElse(Base64.decode(secret.replace(/^whsec_/, "")), () => encoder.encode(secret))
  const signature = yield* Effect.promise(async () => {
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const key = await crypto.subtle.importKey("raw", new Uint8Array(secretBytes), algorithm, false, ["sign"])
    return crypto.subtle.sign("HMAC", key, encoder.encode(`${id}.${timestampSeconds}.${body}`))
  })
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": `v1,${Base64.encode(new Uint8Array(signature))}`
  }
})
