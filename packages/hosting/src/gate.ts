import { fetchHttpClient } from "@klingkit/core"
import type { LedgerError, LedgerSource } from "@klingkit/jobs"
import { grants } from "@klingkit/tools"
import { Context, Effect, Layer, Ref } from "effect"
import type { JWTVerifyGetKey } from "jose"
import { AccessDenied } from "./access-denied.ts"
import { AccessKeys, looksLikeAccessKey } from "./access-keys.ts"
import { discoverIssuer, keysAt } from "./issuer-keys.ts"
import type { Principal } from "./principal.ts"
import type { HostingSettings } from "./settings.ts"
import { TokenVerifier } from "./token-verifier.ts"

/** Who calls, by the `Authorization` header: an access token of the issuer, or an access key of this server. */
export class Gate extends Context.Service<
  Gate,
  {
    /** Fails unless the caller may at least read. */
    identify(authorization: string | undefined): Effect.Effect<Principal, AccessDenied | LedgerError>
  }
>()("@klingkit/hosting/Gate") {
  static readonly layer = (settings: HostingSettings): Layer.Layer<Gate, never, LedgerSource> =>
    Layer.effect(Gate, makeGate(settings)).pipe(Layer.provide(Layer.mergeAll(AccessKeys.layer, tokensOf(settings))))
}

const missing = new AccessDenied({ reason: "missing", message: "this server needs an access token or an access key" })

const makeGate = ({ acceptsKeys, oauth }: HostingSettings) =>
  Effect.gen(function* () {
    const keys = yield* AccessKeys
    const tokens = yield* TokenVerifier
    const ofKey = Effect.fnUntraced(function* (key: string) {
      const principal = acceptsKeys ? yield* keys.find(key) : undefined
      if (principal !== undefined) return principal
      return yield* new AccessDenied({ reason: "invalid", message: "the access key opens nothing here" })
    })
    return {
      identify: Effect.fnUntraced(function* (authorization: string | undefined) {
        const credential = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1]
        if (credential === undefined) return yield* missing
        const principal = yield* looksLikeAccessKey(credential) || oauth === undefined
          ? ofKey(credential)
          : tokens.verify(credential)
        if (grants(principal.scopes, "kling:read")) return principal
        return yield* new AccessDenied({ reason: "scope", message: "it has none of the scopes of this server" })
      })
    }
  })

const tokensOf = ({ oauth }: HostingSettings): Layer.Layer<TokenVerifier> =>
  oauth === undefined
    ? TokenVerifier.layer({ issuer: "", audience: "" }, Effect.fail(missing))
    : Layer.unwrap(Effect.map(issuerKeys(oauth), (keys) => TokenVerifier.layer(oauth, keys)))

/** Found when the first token comes, so that a server starts while its issuer is away. */
const issuerKeys = Effect.fnUntraced(function* ({ issuer, jwksUri }: NonNullable<HostingSettings["oauth"]>) {
  const known = yield* Ref.make<JWTVerifyGetKey | undefined>(jwksUri === undefined ? undefined : keysAt(jwksUri))
  return Effect.gen(function* () {
    const found = yield* Ref.get(known)
    if (found !== undefined) return found
    const keys = keysAt((yield* discoverIssuer(issuer)).jwks_uri)
    yield* Ref.set(known, keys)
    return keys
  }).pipe(
    Effect.catchTag("IssuerUnreadable", ({ message }) =>
      Effect.andThen(
        Effect.logWarning(message),
        Effect.fail(
          new AccessDenied({ reason: "unavailable", message: "the token issuer cannot be reached at the moment" })
        )
      )
    ),
    Effect.provide(fetchHttpClient)
  )
})
