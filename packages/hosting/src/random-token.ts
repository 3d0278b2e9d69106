import { Effect } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Base64Url from "effect/encoding/Base64Url"

/** 256 random bits as text that fits into a URL, a header or a cookie. */
export const randomToken: Effect.Effect<string> = SecureRandom.SecureRandom.use((random) =>
  random.randomBytes(32)
).pipe(Effect.orDie, Effect.map(Base64Url.encode), Effect.provide(SecureRandom.layerWebCrypto))
