import { createRequestStateCodec, type ServerContext } from "@modelcontextprotocol/server"
import * as Base64Url from "effect/encoding/Base64Url"
import { Config, Context, Effect, Layer, Option, Redacted } from "effect"

/** Longer than the ledger keeps an approval: who answers too late hears it in the ledger's words, not in the SDK's. */
const ttlSeconds = 86_400

/**
 * Seals what a client of 2026 carries from a question to its answer, so that nobody can change it. It is signed, not
 * hidden; what it was made for stands inside it, and that it works once is the ledger's doing.
 */
export class StateSeal extends Context.Service<
  StateSeal,
  {
    seal(content: unknown): Effect.Effect<string>
    /** What was sealed; nothing when it was changed, is older than a day, or was sealed by another key. */
    open(sealed: string, ctx: ServerContext): Effect.Effect<Option.Option<unknown>>
  }
>()("@klingkit/mcp/StateSeal") {
  static readonly layer = (key: Uint8Array): Layer.Layer<StateSeal> => {
    const codec = createRequestStateCodec({ key, ttlSeconds })
    return Layer.succeed(StateSeal, {
      seal: (content) => Effect.promise(() => codec.mint(content)),
      open: (sealed, ctx) =>
        hasLooseBits(sealed) ? Effect.succeedNone : Effect.option(Effect.tryPromise(() => codec.verify(sealed, ctx)))
    })
  }

  /** By `KLINGKIT_SECRET`, which servers that answer for one another share; else by a key that ends with the process. */
  static readonly layerConfig: Layer.Layer<StateSeal> = Layer.unwrap(
    Effect.gen(function* () {
      const secret = yield* Effect.orDie(Config.option(Config.Redacted("KLINGKIT_SECRET")))
      return StateSeal.layer(
        Option.isSome(secret) && Redacted.value(secret.value) !== ""
          ? yield* keyFrom(Redacted.value(secret.value))
          : yield* Effect.sync(() => crypto.getRandomValues(new Uint8Array(32)))
      )
    })
  )
}

/** The last character of a signature has bits that say nothing: spelled otherwise it would still pass. */
const hasLooseBits = (sealed: string): boolean => {
  const signature = sealed.slice(sealed.lastIndexOf(".") + 1)
  const bytes = Base64Url.decode(signature)
  return bytes._tag === "Failure" || Base64Url.encode(bytes.success) !== signature
}

/** A key of its own, so that what is sealed here opens nothing else that the secret protects. */
const keyFrom = (secret: string): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "HKDF", false, [
      "deriveBits"
    ])
    const info = new TextEncoder().encode("klingkit request state")
    const bits = await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
      material,
      256
    )
    return new Uint8Array(bits)
  })
