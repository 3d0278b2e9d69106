import { Bytes, Clock, Effect, identity, Option, Redacted, Result, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import type { TokenSource } from "../auth/token.ts"
import type { CredentialKind } from "../auth/credentials.ts"
import { type Redact, redactor } from "../auth/redact-secrets.ts"
import { klingRegionOf } from "../auth/region.ts"
import { findKlingCode } from "../errors/codes.ts"
import { type Access, KlingError, type KlingErrorReason } from "../errors/kling-error.ts"
import { sanitizeText } from "../errors/sanitize-text.ts"
import type { AnyOperation } from "../operation.ts"
import { Envelope } from "../wire/envelope.ts"
import { stringifyJson } from "../wire/json.ts"
import { readAnswer } from "../wire/read-answer.ts"
import { measured } from "./request-metrics.ts"
import { readRetryAfter } from "./retry-after.ts"
import { transportFailure } from "./transport-failure.ts"

/** One request to Kling. `path` may differ from the operation's own: reads extend the create path. */
export interface KlingRequest {
  readonly operation: Pick<AnyOperation, "id" | "billed">
  readonly method: "GET" | "POST"
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly timeoutMillis: number
  /** A longer response is rejected unread; by default what the longest page of 500 tasks may take. */
  readonly maxResponseBytes?: number
}

/** Sends one request and unwraps the envelope: succeeds with `data`, or fails with the error of its code. Never retries. */
export type Exchange = (request: KlingRequest) => Effect.Effect<unknown, KlingError>

/** Decoders of the others are attack surface without a use here. */
const readableEncodings: ReadonlySet<string> = new Set(["gzip", "identity"])

const longestPageBytes = 32 * 1024 * 1024

export const makeExchange = Effect.fnUntraced(function* (baseUrl: string, tokens: TokenSource) {
  const http = yield* HttpClient.HttpClient
  const redactorFor = lastRedactor(tokens)

  const once = Effect.fnUntraced(function* (request: KlingRequest) {
    const failed = (
      reason: KlingErrorReason,
      context: { readonly httpStatus?: number; readonly requestId?: string; readonly access?: Access } = {}
    ) => new KlingError({ reason, operation: request.operation.id, billed: request.operation.billed, ...context })

    const token = yield* tokens.token
    const outgoing = HttpClientRequest.make(request.method)(
      `${baseUrl}${request.path}`,
      request.query === undefined ? {} : { urlParams: request.query }
    ).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.setHeaders({ "user-agent": "klingkit", "accept-encoding": [...readableEncodings].join(", ") }),
      HttpClientRequest.bearerToken(token),
      request.body === undefined
        ? identity
        : HttpClientRequest.bodyText(stringifyJson(request.body), "application/json")
    )
    const response = yield* http.execute(outgoing).pipe(
      // Kling has no use for the trace ids of the program that embeds klingkit.
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.mapError((error) => failed(transportFailure(error)))
    )
    const redact = redactorFor(Redacted.value(token))
    const encoding = response.headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
    if (!readableEncodings.has(encoding)) {
      const detail = `HTTP ${response.status} in the encoding ${sanitizeText(redact(encoding), 40)}, which was not asked for`
      return yield* failed({ _tag: "UnexpectedAnswer", detail }, { httpStatus: response.status })
    }
    const body = yield* readBytes(response, request.maxResponseBytes ?? longestPageBytes).pipe(
      Effect.mapError((reason) => failed(reason))
    )
    const answer = readAnswer(body, redact)
    if (Result.isFailure(answer) && answer.failure.isOversized) {
      return yield* failed({ _tag: "UnexpectedAnswer", detail: `a response ${answer.failure.detail}` })
    }
    const envelope = Option.getOrUndefined(Option.flatMap(Result.getSuccess(answer), decodeEnvelope))
    if (envelope === undefined) {
      const detail =
        response.status === 413
          ? "HTTP 413, the request is too large: pass images by URL"
          : `HTTP ${response.status} without Kling's envelope${Result.isFailure(answer) ? `, ${answer.failure.detail}` : ""}`
      return yield* failed({ _tag: "UnexpectedAnswer", detail }, { httpStatus: response.status })
    }
    if (envelope.code === 0) return envelope.data
    const details = {
      klingCode: envelope.code,
      klingMessage: sanitizeText(envelope.message ?? ""),
      ...retryAfter(response, yield* Clock.currentTimeMillis)
    }
    const reason = findKlingCode(envelope.code)?.reason ?? "UnknownCode"
    return yield* failed(
      { _tag: reason, ...details },
      {
        httpStatus: response.status,
        ...(isAboutCredential.has(reason) ? { access: accessBy(tokens.kind, Redacted.value(token), baseUrl) } : {}),
        ...(envelope.request_id ? { requestId: sanitizeText(envelope.request_id, 80) } : {})
      }
    ).pipe(
      Effect.tapError((error) =>
        error.reason._tag === "TokenRejected" ? tokens.renew(dateOf(response.headers["date"])) : Effect.void
      )
    )
  })

  const exchange: Exchange = (request) =>
    once(request).pipe(
      // Kling does not execute a request whose token is not valid yet or has expired: retry once with a fresh token.
      Effect.catchReason("KlingError", "TokenRejected", () => once(request)),
      Effect.timeoutOrElse({
        duration: request.timeoutMillis,
        orElse: () =>
          new KlingError({
            reason: { _tag: "ConnectionLost", detail: `no response within ${request.timeoutMillis / 1000} s` },
            operation: request.operation.id,
            billed: request.operation.billed
          })
      }),
      measured(request)
    )
  return exchange
})

const isAboutCredential: ReadonlySet<string> = new Set(["Unauthorized", "TokenRejected"])

const accessBy = (credential: CredentialKind, token: string, baseUrl: string): Access => {
  const region = klingRegionOf(baseUrl)
  return {
    credential,
    ...(credential === "api-key" ? { hasKeyPrefix: /^api-key-/i.test(token) } : {}),
    baseUrl,
    ...(region === undefined ? {} : { region })
  }
}

/** A signed token is useless without its signature, but its claims still identify the account: redact both. */
const sentSecrets = (token: string, secrets: ReadonlyArray<string>): ReadonlyArray<string> => [
  token,
  ...(/^eyJ[\w-]+\.[\w-]+(?=\.)/.exec(token) ?? []),
  ...secrets
]

/** One for each token: a signed one lasts half an hour. */
const lastRedactor = ({ secrets }: TokenSource): ((token: string) => Redact) => {
  let last: { readonly token: string; readonly redact: Redact } | undefined
  return (token) => {
    if (last?.token !== token) last = { token, redact: redactor(sentSecrets(token, secrets.map(Redacted.value))) }
    return last.redact
  }
}

const readBytes = (
  response: HttpClientResponse.HttpClientResponse,
  maxBytes: number
): Effect.Effect<Uint8Array, KlingErrorReason> =>
  response.stream.pipe(
    Stream.mapError(
      (error): KlingErrorReason => ({ ...transportFailure(error), _tag: "ConnectionLost" }) as KlingErrorReason
    ),
    Stream.runFoldEffect(
      () => ({ chunks: [] as Array<Uint8Array>, bytes: 0 }),
      (read, chunk) =>
        read.bytes + chunk.length > maxBytes
          ? Effect.fail<KlingErrorReason>({
              _tag: "UnexpectedAnswer",
              detail: `a response of more than ${maxBytes / 1024 / 1024} MB`
            })
          : Effect.sync(() => {
              read.chunks.push(chunk)
              return { chunks: read.chunks, bytes: read.bytes + chunk.length }
            })
    ),
    Effect.map(({ chunks }) => Bytes.concat(chunks))
  )

const decodeEnvelope = Schema.decodeUnknownOption(Envelope)

const retryAfter = (response: HttpClientResponse.HttpClientResponse, nowMillis: number) => {
  const seconds = readRetryAfter(response.headers, nowMillis)
  return seconds === undefined ? {} : { retryAfterSeconds: seconds }
}

const dateOf = (header: string | undefined): number | undefined => {
  const time = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? undefined : time
}
