import { Clock, Effect, Option, Redacted, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import type { TokenSource } from "../auth/token.ts"
import { withoutSecrets } from "../auth/without-secrets.ts"
import { findKlingCode } from "../errors/codes.ts"
import { KlingError, type KlingErrorReason } from "../errors/kling-error.ts"
import { untrustedText } from "../errors/untrusted-text.ts"
import type { AnyOperation } from "../operation.ts"
import { Envelope } from "../wire/envelope.ts"
import { parseJson, stringifyJson } from "../wire/json.ts"
import { readRetryAfter } from "./retry-after.ts"
import { transportFailure } from "./transport-failure.ts"

/** One request to Kling. `path` may differ from the operation's own: reads hang off the create path. */
export interface KlingRequest {
  readonly operation: Pick<AnyOperation, "id" | "billed">
  readonly method: "GET" | "POST"
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMillis: number
}

/** Sends one request and opens the envelope: succeeds with `data`, or fails with what the code means. No retries here. */
export type Exchange = (request: KlingRequest) => Effect.Effect<unknown, KlingError>

/** Larger answers are refused unread: the longest page of 500 tasks stays far below. */
const maxAnswerBytes = 32 * 1024 * 1024

export const makeExchange = Effect.fnUntraced(function* (baseUrl: string, tokens: TokenSource) {
  const http = yield* HttpClient.HttpClient

  const once = Effect.fnUntraced(function* (request: KlingRequest) {
    const failed = (
      reason: KlingErrorReason,
      more: { readonly httpStatus?: number; readonly requestId?: string } = {}
    ) => new KlingError({ reason, operation: request.operation.id, billed: request.operation.billed, ...more })

    const token = yield* tokens.token
    const outgoing = HttpClientRequest.make(request.method)(
      `${baseUrl}${request.path}`,
      request.query === undefined ? {} : { urlParams: request.query }
    ).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bearerToken(token),
      request.body === undefined
        ? (same) => same
        : HttpClientRequest.bodyText(stringifyJson(request.body), "application/json")
    )
    const response = yield* http.execute(outgoing).pipe(Effect.mapError((error) => failed(transportFailure(error))))
    const said = yield* readText(response).pipe(Effect.mapError((reason) => failed(reason)))
    const text = withoutSecrets(said, sentWith(Redacted.value(token), tokens.secrets.map(Redacted.value)))
    const envelope = openEnvelope(text)
    if (envelope === undefined) {
      const detail =
        response.status === 413
          ? "HTTP 413, the request is too large: give pictures by URL"
          : `HTTP ${response.status} without Kling's envelope`
      return yield* failed({ _tag: "UnexpectedAnswer", detail }, { httpStatus: response.status })
    }
    if (envelope.code === 0) return envelope.data
    const about = {
      klingCode: envelope.code,
      klingMessage: untrustedText(envelope.message ?? ""),
      ...retryAfter(response, yield* Clock.currentTimeMillis)
    }
    return yield* failed(
      { _tag: findKlingCode(envelope.code)?.reason ?? "UnknownCode", ...about },
      {
        httpStatus: response.status,
        ...(envelope.request_id ? { requestId: untrustedText(envelope.request_id, 80) } : {})
      }
    ).pipe(
      Effect.tapError((error) =>
        error.reason._tag === "TokenRejected" ? tokens.renew(dateOf(response.headers["date"])) : Effect.void
      )
    )
  })

  const exchange: Exchange = (request) =>
    once(request).pipe(
      // Kling did not run a request whose token it refused as too early or too late: signed anew, it goes out once more.
      Effect.catchReason("KlingError", "TokenRejected", () => once(request)),
      Effect.timeoutOrElse({
        duration: request.timeoutMillis,
        orElse: () =>
          new KlingError({
            reason: { _tag: "ConnectionLost", detail: `no answer within ${request.timeoutMillis / 1000} s` },
            operation: request.operation.id,
            billed: request.operation.billed
          })
      })
    )
  return exchange
})

/** Without its signature a signed token opens nothing, but still names the account. */
const sentWith = (token: string, secrets: ReadonlyArray<string>): ReadonlyArray<string> => [
  token,
  ...(/^eyJ[\w-]+\.[\w-]+(?=\.)/.exec(token) ?? []),
  ...secrets
]

const readText = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string, KlingErrorReason> =>
  response.stream.pipe(
    Stream.mapError(
      (error): KlingErrorReason => ({ ...transportFailure(error), _tag: "ConnectionLost" }) as KlingErrorReason
    ),
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, bytes: 0 }),
      (read, chunk) =>
        read.bytes + chunk.length > maxAnswerBytes
          ? Effect.fail<KlingErrorReason>({
              _tag: "UnexpectedAnswer",
              detail: `an answer of more than ${maxAnswerBytes / 1024 / 1024} MB`
            })
          : Effect.sync(() => {
              read.chunks.push(chunk)
              return { chunks: read.chunks, bytes: read.bytes + chunk.length }
            })
    ),
    Effect.map(({ chunks, bytes }) => decodeUtf8(chunks, bytes))
  )

const decodeUtf8 = (chunks: ReadonlyArray<Uint8Array>, bytes: number): string => {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return new TextDecoder().decode(whole)
}

const decodeEnvelope = Schema.decodeUnknownOption(Envelope)

const openEnvelope = (text: string): Envelope | undefined => {
  try {
    return Option.getOrUndefined(decodeEnvelope(parseJson(text)))
  } catch {
    return undefined
  }
}

const retryAfter = (response: HttpClientResponse.HttpClientResponse, nowMillis: number) => {
  const seconds = readRetryAfter(response.headers, nowMillis)
  return seconds === undefined ? {} : { retryAfterSeconds: seconds }
}

const dateOf = (header: string | undefined): number | undefined => {
  const time = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? undefined : time
}
