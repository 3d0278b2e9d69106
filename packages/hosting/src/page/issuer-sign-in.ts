import { fetchHttpClient } from "@klingkit/core"
import { sha256Hex } from "@klingkit/jobs/internal"
import { Data, Effect, Redacted, Schema } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Base64, Hex } from "effect/encoding"
import * as Base64Url from "effect/encoding/Base64Url"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { discoverIssuer } from "../issuer-keys.ts"
import { accountPath, type HostingSettings } from "../settings.ts"

type OAuthSettings = NonNullable<HostingSettings["oauth"]>
type Client = NonNullable<OAuthSettings["client"]>

/** The issuer did not sign a user in. */
export class SignInFailed extends Data.TaggedError("SignInFailed")<{
  /** `issuer`: it cannot be reached or understood. `user`: it refused, or the sign-in was started elsewhere. */
  readonly because: "issuer" | "user"
}> {}

/** What ties the answer of an issuer to the browser that was sent there. */
export const StartedSignIn = Schema.Struct({ state: Schema.String, verifier: Schema.String })
export type StartedSignIn = typeof StartedSignIn.Type

export const returnPath = `${accountPath}/signed-in`

const random = SecureRandom.SecureRandom.use(({ randomBytes }) => randomBytes(32)).pipe(
  Effect.map(Base64Url.encode),
  Effect.orDie,
  Effect.provide(SecureRandom.layerWebCrypto)
)

/** Where a browser signs in (authorization code with PKCE, RFC 9700), and what it has to keep until it is back. */
export const startSignIn = Effect.fnUntraced(function* (
  { issuer, audience }: OAuthSettings,
  { id }: Client,
  publicOrigin: string
): Effect.fn.Return<{ readonly url: string; readonly started: StartedSignIn }, SignInFailed> {
  const { authorization_endpoint: endpoint } = yield* metadataOf(issuer)
  if (endpoint === undefined) return yield* new SignInFailed({ because: "issuer" })
  const started = { state: yield* random, verifier: yield* random }
  const url = new URL(endpoint)
  const parameters = {
    response_type: "code",
    client_id: id,
    redirect_uri: `${publicOrigin}${returnPath}`,
    scope: "kling:read",
    // The token is one for this server, as those of its callers are, so that its subject is theirs.
    resource: audience,
    state: started.state,
    code_challenge: yield* challengeOf(started.verifier),
    code_challenge_method: "S256"
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, started }
})

const Tokens = Schema.Struct({ access_token: Schema.String })

/** The access token for which the issuer exchanges the code in its answer. */
export const finishSignIn = Effect.fnUntraced(function* (
  { issuer, audience }: OAuthSettings,
  { id, secret }: Client,
  publicOrigin: string,
  { answer, started }: { readonly answer: URLSearchParams; readonly started: StartedSignIn | undefined }
): Effect.fn.Return<Redacted.Redacted, SignInFailed, HttpClient.HttpClient> {
  const code = answer.get("code")
  const answeredBy = answer.get("iss") ?? issuer
  if (started === undefined || code === null || answer.get("state") !== started.state || !isSame(answeredBy, issuer)) {
    return yield* new SignInFailed({ because: "user" })
  }
  const { token_endpoint: endpoint } = yield* metadataOf(issuer)
  if (endpoint === undefined) return yield* new SignInFailed({ because: "issuer" })
  const request = HttpClientRequest.post(endpoint).pipe(
    HttpClientRequest.setHeaders({ accept: "application/json", ...authorizationOf(id, secret) }),
    HttpClientRequest.bodyUrlParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: `${publicOrigin}${returnPath}`,
      client_id: id,
      code_verifier: started.verifier,
      resource: audience
    })
  )
  const answered = yield* HttpClient.execute(request).pipe(Effect.timeout("10 seconds"), Effect.mapError(byIssuer))
  if (answered.status >= 400 && answered.status < 500) {
    // The code was used before or is too old; or the settings of the client are wrong.
    yield* Effect.logWarning(`the token issuer refused to end a sign-in: HTTP ${answered.status}`)
    return yield* new SignInFailed({ because: "user" })
  }
  const tokens = yield* HttpClientResponse.filterStatusOk(answered).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Tokens)),
    Effect.mapError(byIssuer)
  )
  return Redacted.make(tokens.access_token)
}, Effect.provide(fetchHttpClient))

const byIssuer = () => new SignInFailed({ because: "issuer" })

/** Some issuers write their URL with a slash at its end, and some without. */
const isSame = (one: string, other: string): boolean => one.replace(/\/$/, "") === other.replace(/\/$/, "")

/** A public client proves itself by PKCE alone. */
const authorizationOf = (id: string, secret: Redacted.Redacted | undefined): Readonly<Record<string, string>> =>
  secret === undefined
    ? {}
    : {
        authorization: `Basic ${Base64.encode(`${encodeURIComponent(id)}:${encodeURIComponent(Redacted.value(secret))}`)}`
      }

const metadataOf = (issuer: string) =>
  discoverIssuer(issuer).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(message)),
    Effect.mapError(byIssuer),
    Effect.provide(fetchHttpClient)
  )

const challengeOf = (verifier: string): Effect.Effect<string> =>
  Effect.map(
    Effect.flatMap(sha256Hex(verifier), (hash) => Effect.orDie(Effect.fromResult(Hex.decode(hash)))),
    (bytes) => Base64Url.encode(bytes)
  )
