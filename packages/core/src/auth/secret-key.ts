import { Config, Effect, Option, Redacted } from "effect"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"

/**
 * A key of 32 bytes, valid for one purpose only: from `KLINGKIT_SECRET`, which replicas share; without it a random one, which
 * ends with the process.
 */
export const secretKey = (purpose: string): Effect.Effect<Uint8Array> =>
  Effect.flatMap(sharedSecretKey(purpose), (key) =>
    key === undefined ? Effect.provide(randomKey, SecureRandom.layerWebCrypto) : Effect.succeed(key)
  )

/** The same from `KLINGKIT_SECRET` only: nothing without it. */
export const sharedSecretKey = (purpose: string): Effect.Effect<Uint8Array | undefined> =>
  Effect.gen(function* () {
    const secret = yield* Effect.orDie(Config.option(Config.Redacted("KLINGKIT_SECRET")))
    return Option.isSome(secret) && Redacted.value(secret.value) !== ""
      ? yield* deriveKey(Redacted.value(secret.value), purpose)
      : undefined
  })

/**
 * The keys for one purpose, the current one first: from `KLINGKIT_SECRET`, then from `KLINGKIT_FORMER_SECRETS`, which open what
 * was sealed before the secret was replaced. None without `KLINGKIT_SECRET`.
 */
export const secretKeys = (purpose: string): Effect.Effect<ReadonlyArray<Uint8Array>> =>
  Effect.gen(function* () {
    const current = yield* Effect.orDie(Config.option(Config.Redacted("KLINGKIT_SECRET")))
    if (Option.isNone(current) || Redacted.value(current.value) === "") return []
    const former = yield* Effect.orDie(Config.option(Config.Redacted("KLINGKIT_FORMER_SECRETS")))
    const secrets = Option.match(former, { onNone: () => "", onSome: Redacted.value })
      .split(",")
      .map((secret) => secret.trim())
      .filter((secret) => secret !== "")
    return yield* Effect.forEach([Redacted.value(current.value), ...secrets], (secret) => deriveKey(secret, purpose))
  })

const randomKey = SecureRandom.SecureRandom.use((random) => random.randomBytes(32))

const deriveKey = (secret: string, purpose: string): Effect.Effect<Uint8Array> => {
  const encoder = new TextEncoder()
  return Kdf.Kdf.use((kdf) =>
    kdf.derive(Kdf.hkdfSha256, encoder.encode(secret), {
      salt: new Uint8Array(),
      info: encoder.encode(`klingkit ${purpose}`),
      length: 32
    })
  ).pipe(Effect.orDie, Effect.provide(Kdf.layerWebCrypto))
}
