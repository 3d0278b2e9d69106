import { Effect, type Scope } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { type FetchFailure, denied, failure, stalled } from "./fetch-failure.ts"
import { DeniedAddress } from "./file-host.ts"
import { type FetchPolicy, denyTexts, denyUrl } from "./fetch-policy.ts"

/** How long a server may send nothing. */
export const readTimeout = "30 seconds"

/** Enough for real servers; ends loops. */
const maxRedirects = 5

/**
 * GETs a URL and follows redirects, each checked against the policy like the first URL: a redirect is as untrusted as
 * any other input. Never downgrades from https. The headers hold no secrets, so other origins may see them.
 */
export const getFollowingRedirects = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  policy: FetchPolicy
): Effect.fn.Return<HttpClientResponse.HttpClientResponse, FetchFailure, Scope.Scope> {
  const http = HttpClient.withScope(client)
  let current = url
  for (let step = 0; step <= maxRedirects; step++) {
    const reason = denyUrl(current, policy)
    if (reason !== undefined)
      return yield* Effect.fail(
        denied(step === 0 ? `its URL ${denyTexts[reason]}` : `${redirectsTo} that ${denyTexts[reason]}`)
      )
    const response = yield* http.execute(HttpClientRequest.get(current, { headers })).pipe(
      Effect.mapError(({ reason }) =>
        reason._tag === "TransportError" && reason.cause instanceof DeniedAddress
          ? denied(`the host in ${step === 0 ? "its URL" : "the redirect"} ${reason.cause.message}`)
          : failure("the file server could not be reached", true)
      ),
      Effect.timeoutOrElse({ duration: readTimeout, orElse: () => Effect.fail(stalled) }),
      // No trace headers to file servers, and no signed URLs in traces.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
    )
    const location = response.headers["location"]
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return response
    if (!URL.canParse(location, current))
      return yield* Effect.fail(denied(`the file server redirects to an invalid URL`))
    const next = new URL(location, current)
    if (current.startsWith("https:") && next.protocol === "http:") {
      return yield* Effect.fail(denied(`${redirectsTo} that ${denyTexts.NotHttps}`))
    }
    current = next.href
  }
  return yield* Effect.fail(failure(`the file server redirects more than ${maxRedirects} times`, false))
})

const redirectsTo = "the file server redirects to a URL"
