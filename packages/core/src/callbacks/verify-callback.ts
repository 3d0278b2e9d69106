import { Effect, Redacted, Result } from "effect"
import { Base64 } from "effect/encoding"
import { CallbackError } from "./callback-error.ts"

/** A callback as it arrived. */
export interface SignedCallback {
  /** `whsec_...` from Kling's console. While one secret replaces another, both: either is enough. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  /** Header names in any case. A header that came twice counts as malformed. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The body as it came over the wire: parsed and written again it has another signature. */
  readonly body: Uint8Array | string
  readonly nowMs: number
}

/** `id` is the same when Kling sends one event twice: remember it to act once. */
export interface VerifiedCallback {
  readonly id: string
  readonly sentAtMs: number
}

const toleranceMs = 5 * 60 * 1000
const signatureBytes = 32
// During a rotation there are two; more than a few would only make us compute.
const maxSignatures = 8

/**
 * Checks that Kling sent this body within the last five minutes. Source: Kling docs, callbacks (Standard Webhooks,
 * HMAC-SHA256). Fails with `CallbackError`; without a configured secret nothing is trusted.
 */
export const verifyCallback = Effect.fnUntraced(function* (
  callback: SignedCallback
): Effect.fn.Return<VerifiedCallback, CallbackError> {
  if (callback.secrets.length === 0) return yield* new CallbackError({ reason: "no-secret" })
  const { id, timestamp, signatures } = yield* readHeaders(callback.headers)
  const sentAtMs = Number(timestamp) * 1000
  if (Math.abs(callback.nowMs - sentAtMs) > toleranceMs) return yield* new CallbackError({ reason: "out-of-time" })
  const signed = signedBytes(`${id}.${timestamp}.`, callback.body)
  for (const secret of callback.secrets) {
    const key = yield* importKey(secret)
    for (const signature of signatures) {
      if (yield* fits(key, signature, signed)) return { id, sentAtMs }
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

/** The bytes after `v1,`; nothing for another version, or for base64 that is not written the one right way. */
const readSignature = (text: string): ReadonlyArray<Uint8Array<ArrayBuffer>> => {
  const encoded = /^v1,([A-Za-z0-9+/]+=*)$/.exec(text)?.[1]
  if (encoded === undefined) return []
  const bytes = Result.getOrUndefined(Base64.decode(encoded))
  return bytes?.length === signatureBytes && Base64.encode(bytes) === encoded ? [new Uint8Array(bytes)] : []
}

const encoder = new TextEncoder()

const signedBytes = (head: string, body: Uint8Array | string): Uint8Array<ArrayBuffer> => {
  const first = encoder.encode(head)
  const rest = typeof body === "string" ? encoder.encode(body) : body
  const all = new Uint8Array(first.length + rest.length)
  all.set(first)
  all.set(rest, first.length)
  return all
}

const hmac = { name: "HMAC", hash: "SHA-256" } as const

const importKey = (secret: Redacted.Redacted) => {
  const encoded = Redacted.value(secret)
    .trim()
    .replace(/^whsec_/, "")
  const bytes = Result.getOrUndefined(Base64.decode(encoded))
  return bytes === undefined || bytes.length === 0
    ? Effect.fail(new CallbackError({ reason: "unusable-secret" }))
    : Effect.promise(() => crypto.subtle.importKey("raw", new Uint8Array(bytes), hmac, false, ["verify"]))
}

// WebCrypto compares in constant time.
const fits = (key: CryptoKey, signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>) =>
  Effect.promise(() => crypto.subtle.verify(hmac.name, key, signature, signed))
