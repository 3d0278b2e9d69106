import { Effect, type Scope } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { type FetchFailure, failure, refused, silent } from "./fetch-failure.ts"
import { RefusedAddress } from "./file-host.ts"
import { type Reach, refuseUrl } from "./reach.ts"

/** A server that sends nothing for so long is not waited for any longer. */
export const patience = "30 seconds"

/** Enough for any real one, and the end of every loop. */
const maxRedirects = 5

/**
 * Asks for a URL and goes along where it is sent on to, each step checked like the first: a redirect is one more URL
 * that a stranger names. No step down from https; the headers hold no secret that another origin must not see.
 */
export const getFollowing = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  reach: Reach
): Effect.fn.Return<HttpClientResponse.HttpClientResponse, FetchFailure, Scope.Scope> {
  const http = HttpClient.withScope(client)
  let at = url
  for (let step = 0; step <= maxRedirects; step++) {
    const why = refuseUrl(at, reach)
    if (why !== undefined) return yield* Effect.fail(refused(step === 0 ? `its URL ${why}` : `${sendsOn} that ${why}`))
    const response = yield* http.execute(HttpClientRequest.get(at, { headers })).pipe(
      Effect.mapError(({ reason }) =>
        reason._tag === "TransportError" && reason.cause instanceof RefusedAddress
          ? refused(`the name in ${step === 0 ? "its URL" : "the URL that it is sent on to"} ${reason.cause.message}`)
          : failure("the file server could not be reached", true)
      ),
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) }),
      // No trace of ours goes to a file server, and none of its signed URLs into a trace.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
    )
    const location = response.headers["location"]
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return response
    if (!URL.canParse(location, at)) return yield* Effect.fail(refused(`${sendsOn} that is none`))
    const next = new URL(location, at)
    if (at.startsWith("https:") && next.protocol === "http:") {
      return yield* Effect.fail(refused(`${sendsOn} that is not https`))
    }
    at = next.href
  }
  return yield* Effect.fail(failure(`the file server sends on more than ${maxRedirects} times`, false))
})

const sendsOn = "the file server sends on to a URL"
