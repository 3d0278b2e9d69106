import { secretKeys } from "@klingkit/core/internal"
import { Effect, Redacted, Result } from "effect"
import * as Aead from "effect/crypto/Aead"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Hex } from "effect/encoding"
import * as Base64Url from "effect/encoding/Base64Url"

/** A text that only the server's secret opens. */
export interface Sealed {
  /** With which key; tells nothing about it. */
  readonly keyId: string
  readonly sealed: string
}

/** Encrypts with keys from `KLINGKIT_SECRET` (AES-256-GCM). */
export interface Sealing {
  /** What was sealed for one context opens in no other. */
  seal(text: Redacted.Redacted, context: string): Effect.Effect<Sealed>
  /** Nothing if it was altered, moved to another context, or sealed with a key that the server no longer has. */
  open(sealed: Sealed, context: string): Effect.Effect<Redacted.Redacted | undefined>
  /** Sealed with the key of the current secret, not of a former one. */
  isCurrent(sealed: Pick<Sealed, "keyId">): boolean
  /** Some key of the server may open it. */
  isKnown(sealed: Pick<Sealed, "keyId">): boolean
}

const nonceLength = Aead.aes256Gcm.nonceLength

/** What is sealed for one purpose, with a key of its own; nothing without `KLINGKIT_SECRET`. */
export const makeSealing = Effect.fnUntraced(
  function* (purpose: string): Effect.fn.Return<Sealing | undefined, never, Aead.Aead | SecureRandom.SecureRandom> {
    const aead = yield* Aead.Aead
    const random = yield* SecureRandom.SecureRandom
    const keys = yield* Effect.forEach(yield* secretKeys(purpose), (bytes) =>
      Effect.all({ id: keyIdOf(bytes), key: Effect.orDie(Aead.key(Aead.aes256Gcm, bytes)) })
    )
    const [current] = keys
    if (current === undefined) return undefined
    const encoder = new TextEncoder()
    const boundTo = (keyId: string, context: string) => encoder.encode(JSON.stringify([purpose, keyId, context]))
    return {
      seal: Effect.fnUntraced(function* (text, context) {
        const { id: keyId, key } = current
        const nonce = yield* Effect.orDie(random.randomBytes(nonceLength))
        const aad = boundTo(keyId, context)
        const bytes = yield* Effect.orDie(aead.encrypt(key, encoder.encode(Redacted.value(text)), { nonce, aad }))
        return { keyId, sealed: Base64Url.encode(Uint8Array.of(...nonce, ...bytes)) }
      }),
      open: Effect.fnUntraced(function* ({ keyId, sealed }, context) {
        const key = keys.find(({ id }) => id === keyId)?.key
        const bytes = Result.getOrUndefined(Base64Url.decode(sealed))
        if (key === undefined || bytes === undefined || bytes.length <= nonceLength) return undefined
        const options = { nonce: bytes.slice(0, nonceLength), aad: boundTo(keyId, context) }
        return yield* aead.decrypt(key, bytes.slice(nonceLength), options).pipe(
          Effect.map((text) => Redacted.make(new TextDecoder().decode(text))),
          Effect.orElseSucceed(() => undefined)
        )
      }),
      isCurrent: ({ keyId }) => keyId === current.id,
      isKnown: ({ keyId }) => keys.some(({ id }) => id === keyId)
    }
  },
  Effect.provide(Aead.layerWebCrypto),
  Effect.provide(SecureRandom.layerWebCrypto)
)

const keyIdOf = (key: Uint8Array): Effect.Effect<string> =>
  Digest.Digest.use(({ digest }) => digest(Digest.sha256, key)).pipe(
    Effect.map((hash) => Hex.encode(hash.subarray(0, 8))),
    Effect.provide(Digest.layerWebCrypto)
  )
