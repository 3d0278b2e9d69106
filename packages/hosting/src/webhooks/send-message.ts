import { readRetryAfter, signCallback } from "@klingkit/core/internal"
import { DeniedAddress } from "@klingkit/jobs/internal"
import { Clock, Effect, type Redacted } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest } from "effect/http"

/** What a message is sent to, and signed with. */
export interface Addressee {
  readonly url: string
  readonly secret: Redacted.Redacted
}

/** What an endpoint answered. Its own words are never repeated. */
export type Answer =
  | { readonly _tag: "Delivered" }
  /** It wants no more messages. */
  | { readonly _tag: "Gone"; readonly failure: string }
  | { readonly _tag: "Failed"; readonly failure: string; readonly retryAfterMillis?: number }

const answerSeconds = 15

/** POSTs a signed message once (Standard Webhooks); a redirect is not followed. The client allows only permitted addresses. */
export const sendMessage = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  { url, secret }: Addressee,
  { id, body }: { readonly id: string; readonly body: string }
): Effect.fn.Return<Answer> {
  const now = yield* Clock.currentTimeMillis
  const headers = yield* signCallback(secret, { id, timestampSeconds: Math.floor(now / 1000), body })
  const request = HttpClientRequest.post(url, { headers }).pipe(HttpClientRequest.bodyText(body, "application/json"))
  return yield* HttpClient.withScope(client)
    .execute(request)
    .pipe(
      Effect.map(({ status, headers: answered }): Answer => {
        if (status >= 200 && status < 300) return { _tag: "Delivered" }
        const failure = `HTTP ${status}`
        if (status === 410) return { _tag: "Gone", failure }
        const seconds = readRetryAfter(answered, now)
        return { _tag: "Failed", failure, ...(seconds === undefined ? {} : { retryAfterMillis: seconds * 1000 }) }
      }),
      Effect.catch((error) => Effect.succeed<Answer>({ _tag: "Failed", failure: failureOf(error) })),
      Effect.timeoutOrElse({
        duration: `${answerSeconds} seconds`,
        orElse: () => Effect.succeed<Answer>({ _tag: "Failed", failure: `no answer within ${answerSeconds} s` })
      }),
      Effect.scoped,
      // No trace headers to other programs.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
    )
})

const failureOf = ({ reason }: HttpClientError.HttpClientError): string =>
  reason._tag === "TransportError" && reason.cause instanceof DeniedAddress
    ? `its address ${reason.cause.message}`
    : "it could not be reached"
