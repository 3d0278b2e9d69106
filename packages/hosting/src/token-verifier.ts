import { Clock, Context, Effect, Layer } from "effect"
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose"
import { AccessDenied } from "./access-denied.ts"
import { isBudgetName, isReserved, type Principal } from "./principal.ts"

/** Asymmetric ones only: a server that checks tokens must not be able to make them. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
/** By how much the clocks of issuer and server may differ: one that is set by a minute refuses no caller. */
const toleranceSeconds = 90

export interface TokenSettings {
  /** As the tokens of the issuer name it. */
  readonly issuer: string
  /** Whom a token must be for. */
  readonly audience: string
  /** The claims that name the project and the organization that pay; those of a token without them are not known. */
  readonly projectClaim?: string
  readonly organizationClaim?: string
}

/** Checks access tokens (RFC 9068) of one issuer. */
export class TokenVerifier extends Context.Service<
  TokenVerifier,
  {
    /** Whose token this is. Fails if it is not of the issuer, for another audience, expired, or signed with an unknown key. */
    verify(token: string): Effect.Effect<Principal, AccessDenied>
  }
>()("@klingkit/hosting/TokenVerifier") {
  static readonly layer = (
    { issuer, audience, ...claimed }: TokenSettings,
    keys: Effect.Effect<JWTVerifyGetKey, AccessDenied>
  ): Layer.Layer<TokenVerifier> =>
    Layer.succeed(TokenVerifier, {
      verify: Effect.fnUntraced(function* (token) {
        const keySet = yield* keys
        const currentDate = new Date(yield* Clock.currentTimeMillis)
        const { payload } = yield* Effect.tryPromise({
          try: () =>
            jwtVerify(token, keySet, {
              algorithms,
              audience,
              clockTolerance: toleranceSeconds,
              currentDate,
              // Some issuers write their URL with a slash at its end, and some without.
              issuer: [issuer.replace(/\/$/, ""), `${issuer.replace(/\/$/, "")}/`],
              requiredClaims: ["sub", "exp"]
            }),
          catch: deniedBecause
        })
        return yield* principalOf(payload, claimed)
      })
    })
}

type Claimed = Pick<TokenSettings, "projectClaim" | "organizationClaim">

const principalOf = Effect.fnUntraced(function* (
  payload: JWTPayload,
  { projectClaim, organizationClaim }: Claimed
): Effect.fn.Return<Principal, AccessDenied> {
  const { sub = "", exp, client_id, azp } = payload
  if (sub.trim() === "" || isReserved(sub)) return yield* invalid("the token names no subject that can be served")
  const project = yield* nameIn(payload, projectClaim, "project")
  const organization = yield* nameIn(payload, organizationClaim, "organization")
  const clientId = [client_id, azp].find((id) => typeof id === "string") ?? ""
  return {
    id: sub,
    scopes: scopesOf(payload),
    clientId,
    budgetLine: {
      person: sub,
      ...(project === undefined ? {} : { project }),
      ...(organization === undefined ? {} : { organization })
    },
    ...(exp === undefined ? {} : { expiresAt: exp })
  }
})

/** Whom a claim names. One that is there and names none is refused: what it spends would be counted nowhere. */
const nameIn = (
  payload: JWTPayload,
  claim: string | undefined,
  level: string
): Effect.Effect<string | undefined, AccessDenied> => {
  const name = claim === undefined || !Object.hasOwn(payload, claim) ? undefined : payload[claim]
  if (name === undefined || name === null) return Effect.succeed(undefined)
  return typeof name === "string" && isBudgetName(name)
    ? Effect.succeed(name)
    : Effect.fail(invalid(`the token does not name its ${level} by a text`))
}

const invalid = (message: string) => new AccessDenied({ reason: "invalid", message })

/** `scope` of RFC 9068, or `scp` as some issuers call it: one text, or a list. */
const scopesOf = ({ scope, scp }: JWTPayload): ReadonlyArray<string> =>
  [scope, scp]
    .flat()
    .flatMap((value) => (typeof value === "string" ? value.split(" ") : []))
    .filter((value) => value !== "")

const deniedBecause = (error: unknown): AccessDenied => {
  const isOfToken = error instanceof errors.JOSEError && !unavailable.some((kind) => error instanceof kind)
  if (!isOfToken) {
    return new AccessDenied({
      reason: "unavailable",
      message: "the keys of the token issuer cannot be read at the moment"
    })
  }
  return invalid(messageOf(error))
}

/** What is wrong with the issuer, not with the token. */
const unavailable = [errors.JWKSTimeout, errors.JWKSInvalid, errors.JWKInvalid]

const messageOf = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTExpired) return "the token has expired"
  if (error instanceof errors.JWTClaimValidationFailed) {
    return claims[error.claim] ?? "the token lacks what this server needs"
  }
  return "the token is not one of this server's issuer"
}

const claims: Readonly<Record<string, string>> = {
  aud: "the token is for another audience",
  iss: "the token is of another issuer",
  nbf: "the token is not valid yet"
}
