import { Effect } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"

/**
 * The id that klingkit prints, `kk-<family>-<26 characters>`: minted before the request is sent, and also the external
 * task id that Kling stores, so it finds the task again after any crash.
 */
export type Handle = `kk-${string}-${string}`

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/** 26 characters of 5 bits each, more than 128 random bits, from a cryptographically secure generator. */
export const mintHandle = (family: string): Effect.Effect<Handle> =>
  SecureRandom.SecureRandom.use((random) => random.randomBytes(26)).pipe(
    Effect.map((bytes) => `kk-${family}-${Array.from(bytes, (byte) => alphabet[byte & 31]).join("")}` as const),
    Effect.provide(SecureRandom.layerWebCrypto)
  )

/** The family in a handle, or nothing when the text is not a handle. */
export const familyOfHandle = (text: string): string | undefined =>
  /^kk-([a-z0-9]+)-[0-9a-hjkmnp-tv-z]{26}$/.exec(text)?.[1]
