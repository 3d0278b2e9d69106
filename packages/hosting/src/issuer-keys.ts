import { Data, Duration, Effect, Option, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { createRemoteJWKSet, type JWTVerifyGetKey } from "jose"

/** The issuer's metadata (RFC 8414, or OpenID Connect Discovery) cannot be read, or are of another issuer. */
export class IssuerUnreadable extends Data.TaggedError("IssuerUnreadable")<{ readonly message: string }> {}

const Metadata = Schema.Struct({
  issuer: Schema.String,
  jwks_uri: Schema.String,
  authorization_endpoint: Schema.optionalKey(Schema.String),
  token_endpoint: Schema.optionalKey(Schema.String)
})
export type IssuerMetadata = typeof Metadata.Type

/** Longer than an issuer takes that is well. */
export const answerTimeout = Duration.seconds(5)

/** The keys of an issuer, read again when a token names one that is not known, at most every half minute. */
export const keysAt = (jwksUri: string): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksUri), {
    cooldownDuration: Duration.toMillis("30 seconds"),
    timeoutDuration: Duration.toMillis(answerTimeout)
  })

/** What an issuer says of itself: where it has its keys, and where users sign in. */
export const discoverIssuer = Effect.fnUntraced(function* (
  issuer: string
): Effect.fn.Return<IssuerMetadata, IssuerUnreadable, HttpClient.HttpClient> {
  for (const url of metadataUrls(issuer)) {
    const found = yield* Effect.option(
      HttpClient.get(url).pipe(
        Effect.flatMap(HttpClientResponse.filterStatusOk),
        Effect.flatMap(HttpClientResponse.schemaBodyJson(Metadata)),
        Effect.timeout(answerTimeout)
      )
    )
    if (Option.isNone(found)) continue
    if (withoutSlash(found.value.issuer) === withoutSlash(issuer)) return found.value
    return yield* new IssuerUnreadable({ message: `the metadata at ${url} are of another issuer` })
  }
  return yield* new IssuerUnreadable({ message: `the metadata of ${issuer} cannot be read` })
})

/** Some write their URL with a slash at its end, and some without. */
const withoutSlash = (url: string): string => url.replace(/\/$/, "")

/** OAuth puts the well-known path before the issuer's own path, OpenID Connect after it. */
const metadataUrls = (issuer: string): ReadonlyArray<string> => {
  const { origin, pathname } = new URL(issuer)
  const path = withoutSlash(pathname)
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`
  ]
}
