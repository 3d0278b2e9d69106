import { secretKey } from "@klingkit/core/internal"
import { createRequestStateCodec, type ServerContext } from "@modelcontextprotocol/server"
import * as Base64Url from "effect/encoding/Base64Url"
import { Context, Effect, Layer, type Option } from "effect"

/** Longer than the ledger keeps an approval, so that a late answer gets the ledger's error, not the SDK's. */
const ttlSeconds = 86_400

/**
 * Signs the request state that a 2026 client carries from a question to its answer, so that it cannot be altered. The
 * state is signed, not encrypted; it contains its purpose, and the ledger enforces single use.
 */
export class SignedState extends Context.Service<
  SignedState,
  {
    sign(content: unknown): Effect.Effect<string>
    /** The signed content; none if it was altered, is older than a day, or was signed with another key. */
    verify(signed: string, ctx: ServerContext): Effect.Effect<Option.Option<unknown>>
  }
>()("@klingkit/mcp/SignedState") {
  static readonly layer = (key: Uint8Array): Layer.Layer<SignedState> => {
    const codec = createRequestStateCodec({ key, ttlSeconds })
    return Layer.succeed(SignedState, {
      sign: (content) => Effect.promise(() => codec.mint(content)),
      verify: (signed, ctx) =>
        hasLooseBits(signed) ? Effect.succeedNone : Effect.option(Effect.tryPromise(() => codec.verify(signed, ctx)))
    })
  }

  /** Signs with `KLINGKIT_SECRET`, which replicas share; otherwise with a key that ends with the process. */
  static readonly layerConfig: Layer.Layer<SignedState> = Layer.unwrap(
    Effect.map(secretKey("request state"), SignedState.layer)
  )
}

/** The last character of a signature has unused bits: a different spelling would still verify. */
const hasLooseBits = (signed: string): boolean => {
  const signature = signed.slice(signed.lastIndexOf(".") + 1)
  const bytes = Base64Url.decode(signature)
  return bytes._tag === "Failure" || Base64Url.encode(bytes.success) !== signature
}
