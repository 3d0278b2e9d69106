import { Effect } from "effect"
import * as Kdf from "effect/crypto/Kdf"

/** A key of 32 bytes from a secret, valid for nothing else that the secret protects. */
export const deriveKey = (secret: string, purpose: string): Effect.Effect<Uint8Array> => {
  const encoder = new TextEncoder()
  return Kdf.Kdf.use((kdf) =>
    kdf.derive(Kdf.hkdfSha256, encoder.encode(secret), {
      salt: new Uint8Array(),
      info: encoder.encode(`klingkit ${purpose}`),
      length: 32
    })
  ).pipe(Effect.orDie, Effect.provide(Kdf.layerWebCrypto))
}
