import { secretKey } from "@klingkit/core/internal"
import { Config, Context, Effect, Layer, Option, Redacted, Result } from "effect"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Base64Url from "effect/encoding/Base64Url"

/** Where Kling calls back. Below it each job has an address of its own. */
export const callbackPath = "/callbacks/kling"

/** The address of each job, which only Kling and servers with the same secret know. */
export class CallbackAddresses extends Context.Service<
  CallbackAddresses,
  {
    /** `/callbacks/kling/HANDLE/MARK` */
    pathOf(handle: string): Effect.Effect<string>
    /** The handle whose address a path is; nothing for any other path. */
    handleOf(path: string): Effect.Effect<string | undefined>
  }
>()("@klingkit/hosting/CallbackAddresses") {
  /** With `KLINGKIT_SECRET`, which replicas share. Without it, addresses are valid as long as the process runs; then jobs are polled. */
  static readonly layer: Layer.Layer<CallbackAddresses> = Layer.effect(
    CallbackAddresses,
    Effect.gen(function* () {
      const mac = yield* Mac.Mac
      const key = yield* Effect.orDie(Mac.key(Mac.hmacSha256, yield* secretKey("callback address")))
      const encoder = new TextEncoder()
      return {
        pathOf: (handle) =>
          mac.sign(key, encoder.encode(handle)).pipe(
            Effect.orDie,
            Effect.map((mark) => `${callbackPath}/${handle}/${Base64Url.encode(mark)}`)
          ),
        handleOf: Effect.fnUntraced(function* (path) {
          const [, handle, encoded = ""] = /^\/callbacks\/kling\/([a-z0-9-]+)\/([\w-]+)$/.exec(path) ?? []
          const mark = Result.getOrUndefined(Base64Url.decode(encoded))
          if (handle === undefined || mark === undefined) return undefined
          return (yield* Effect.orDie(mac.verify(key, mark, encoder.encode(handle)))) ? handle : undefined
        })
      }
    })
  ).pipe(Layer.provide(Layer.provide(Mac.layerWebCrypto, SecureRandom.layerWebCrypto)))
}

/** From `KLINGKIT_CALLBACK_SECRETS`: those of Kling's console, several while one is replaced. */
export const callbackSecrets: Effect.Effect<ReadonlyArray<Redacted.Redacted>> = Config.option(
  Config.Redacted("KLINGKIT_CALLBACK_SECRETS")
).pipe(
  Effect.orDie,
  Effect.map((list) =>
    Option.match(list, {
      onNone: () => [],
      onSome: (text) =>
        Redacted.value(text)
          .split(",")
          .map((secret) => secret.trim())
          .filter((secret) => secret !== "")
          .map((secret) => Redacted.make(secret))
    })
  )
)
