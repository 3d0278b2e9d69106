import { fetchHttpClient } from "@klingkit/core"
import { isLocalUrl } from "@klingkit/core/internal"
import { Data, Effect, Redacted, Schema } from "effect"
import * as oauth from "oauth4webapi"
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

/** Where a browser signs in (authorization code with PKCE, RFC 9700), and what it has to keep until it is back. */
export const startSignIn = Effect.fnUntraced(function* (
  { issuer, audience }: OAuthSettings,
  { id }: Client,
  publicOrigin: string
): Effect.fn.Return<{ readonly url: string; readonly started: StartedSignIn }, SignInFailed> {
  const { authorization_endpoint: endpoint } = yield* metadataOf(issuer)
  if (endpoint === undefined) return yield* byIssuer()
  const started = { state: oauth.generateRandomState(), verifier: oauth.generateRandomCodeVerifier() }
  const url = new URL(endpoint)
  const parameters = {
    response_type: "code",
    client_id: id,
    redirect_uri: `${publicOrigin}${returnPath}`,
    scope: "kling:read",
    // The token is one for this server, as those of its callers are, so that its subject is theirs.
    resource: audience,
    state: started.state,
    code_challenge: yield* Effect.promise(() => oauth.calculatePKCECodeChallenge(started.verifier)),
    code_challenge_method: "S256"
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, started }
})

/** The access token for which the issuer exchanges the code in its answer. */
export const finishSignIn = Effect.fnUntraced(function* (
  { issuer, audience }: OAuthSettings,
  { id, secret }: Client,
  publicOrigin: string,
  { answer, started }: { readonly answer: URLSearchParams; readonly started: StartedSignIn | undefined }
): Effect.fn.Return<Redacted.Redacted, SignInFailed> {
  if (started === undefined) return yield* new SignInFailed({ because: "user" })
  const server = yield* metadataOf(issuer)
  const client = { client_id: id }
  const code = yield* Effect.try({
    try: () => oauth.validateAuthResponse(server, client, answer, started.state),
    catch: () => new SignInFailed({ because: "user" })
  })
  const exchange = async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      // A public client proves itself by PKCE alone.
      secret === undefined ? oauth.None() : oauth.ClientSecretBasic(Redacted.value(secret)),
      code,
      `${publicOrigin}${returnPath}`,
      started.verifier,
      {
        additionalParameters: { resource: audience },
        signal: AbortSignal.timeout(exchangeMillis),
        [oauth.allowInsecureRequests]: isLocalUrl(issuer)
      }
    )
    return oauth.processAuthorizationCodeResponse(server, client, response)
  }
  const { access_token: token } = yield* Effect.tryPromise({ try: exchange, catch: failureOf }).pipe(
    Effect.tapError(({ because }) =>
      because === "user" ? Effect.logWarning("the token issuer refused to end a sign-in") : Effect.void
    )
  )
  return Redacted.make(token)
})

const exchangeMillis = 10_000

const byIssuer = () => new SignInFailed({ because: "issuer" })

/** An issuer that refuses says so in its own way: the code was used before or is too old, or the client's settings are wrong. */
const failureOf = (error: unknown): SignInFailed =>
  error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError
    ? new SignInFailed({ because: "user" })
    : byIssuer()

const metadataOf = (issuer: string) =>
  discoverIssuer(issuer).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(message)),
    Effect.mapError(byIssuer),
    Effect.provide(fetchHttpClient)
  )
