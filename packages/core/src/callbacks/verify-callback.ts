import { Effect, Layer, Redacted, Result } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64 } from "effect/encoding"
import { CallbackError } from "./callback-error.ts"

/** A callback as received. */
export interface SignedCallback {
  /** `whsec_...` from Kling's console. During a rotation, pass both secrets: either one is enough. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** Header names in any case. A repeated header counts as malformed. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The raw body: parsing and re-serializing it would change the signature. */
  readonly body: Uint8Array | string
  readonly nowMs: number
}

/** `id` is the same when Kling sends one event twice: store it to handle the event once. */
export interface VerifiedCallback {
  readonly id: string
  readonly sentAtMs: number
}

const toleranceMs = 5 * 60 * 1000
const signatureBytes = 32
// A rotation has two; more than a few would only cost CPU time.
const maxSignatures = 8

/**
 * Checks that Kling sent this body within the last five minutes. Source: Kling docs, callbacks (Standard Webhooks,
 * HMAC-SHA256). Fails with `CallbackError`; without a configured secret it rejects everything.
 *
 * @example
 * ```ts
 * import { readCallback, verifyCallback } from "@klingkit/core"
 * import { Clock, Effect, Redacted } from "effect"
 *
 * const receive = Effect.fnUntraced(function* (request: Request, secret: string) {
 *   const headers = Object.fromEntries(request.headers)
 *   const body = new Uint8Array(yield* Effect.promise(() => request.arrayBuffer()))
 *   yield* verifyCallback({ secrets: [Redacted.make(secret)], headers, body, nowMs: yield* Clock.currentTimeMillis })
 *   return (yield* readCallback(body)).task
 * })
 * ```
 */
export const verifyCallback = (callback: SignedCallback): Effect.Effect<VerifiedCallback, CallbackError> =>
  Effect.provide(verify(callback), Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto))

const verify = Effect.fnUntraced(function* (
  callback: SignedCallback
): Effect.fn.Return<VerifiedCallback, CallbackError, Mac.Mac> {
  const mac = yield* Mac.Mac
  if (callback.secrets.length === 0) return yield* new CallbackError({ reason: "no-secret" })
  const { id, timestamp, signatures } = yield* readHeaders(callback.headers)
  const sentAtMs = Number(timestamp) * 1000
  if (Math.abs(callback.nowMs - sentAtMs) > toleranceMs) return yield* new CallbackError({ reason: "out-of-time" })
  const signed = signedBytes(`${id}.${timestamp}.`, callback.body)
  for (const secret of callback.secrets) {
    const key = yield* keyOf(secret)
    for (const signature of signatures) {
      if (yield* Effect.orDie(mac.verify(key, signature, signed))) return { id, sentAtMs }
    }
  }
  return yield* new CallbackError({ reason: "forged" })
})

const readHeaders = Effect.fnUntraced(function* (headers: SignedCallback["headers"]) {
  const named = (name: string) =>
    Object.entries(headers).flatMap(([key, value]) =>
      key.toLowerCase() === name && value !== undefined ? [value].flat() : []
    )
  const [ids, timestamps, values] = [named("webhook-id"), named("webhook-timestamp"), named("webhook-signature")]
  if (ids.length + timestamps.length + values.length === 0) return yield* new CallbackError({ reason: "unsigned" })
  const [id, timestamp, value] = [ids[0], timestamps[0], values[0]]
  const once = ids.length === 1 && timestamps.length === 1 && values.length === 1
  if (!once || !id || !timestamp || !value || !/^\d{1,12}$/.test(timestamp)) {
    return yield* new CallbackError({ reason: "malformed" })
  }
  const signatures = value.split(" ", maxSignatures).flatMap(readSignature)
  return signatures.length === 0 ? yield* new CallbackError({ reason: "malformed" }) : { id, timestamp, signatures }
})

/** The bytes after `v1,`; nothing for another version or for non-canonical base64. */
const readSignature = (text: string): ReadonlyArray<Uint8Array> => {
  const encoded = /^v1,([A-Za-z0-9+/]+=*)$/.exec(text)?.[1]
  if (encoded === undefined) return []
  const bytes = Result.getOrUndefined(Base64.decode(encoded))
  return bytes?.length === signatureBytes && Base64.encode(bytes) === encoded ? [bytes] : []
}

const encoder = new TextEncoder()

const signedBytes = (prefix: string, body: Uint8Array | string): Uint8Array => {
  const prefixBytes = encoder.encode(prefix)
  const bodyBytes = typeof body === "string" ? encoder.encode(body) : body
  const signed = new Uint8Array(prefixBytes.length + bodyBytes.length)
  signed.set(prefixBytes)
  signed.set(bodyBytes, prefixBytes.length)
  return signed
}

const keyOf = (secret: Redacted.Redacted) => {
  const encoded = Redacted.value(secret)
    .trim()
    .replace(/^whsec_/, "")
  const bytes = Result.getOrUndefined(Base64.decode(encoded))
  return bytes === undefined || bytes.length === 0
    ? Effect.fail(new CallbackError({ reason: "unusable-secret" }))
    : Effect.orDie(Mac.key(Mac.hmacSha256, bytes))
}
