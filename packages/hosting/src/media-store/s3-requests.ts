import { isLocalUrl } from "@klingkit/core/internal"
import { FileHost } from "@klingkit/jobs"
import { StoreFailure } from "@klingkit/jobs/internal"
import { Data, type Duration, Effect, Schedule, type Scope } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import type { MediaStoreSettings } from "./settings.ts"
import type { Signer } from "./signer.ts"

/** A request about the object under a key. Its headers are signed. */
export interface ObjectRequest {
  readonly method: "HEAD" | "PUT"
  readonly key: string
  readonly headers?: Readonly<Record<string, string>>
  /** For the whole of one attempt. */
  readonly timeout: Duration.Duration
  readonly withBody?: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest
}

/** What came back: only headers are of use. `isFound` is false where there is no such object. */
interface Answer {
  readonly isFound: boolean
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** Why an attempt has failed. */
class Attempt extends Data.TaggedError("Attempt")<{ readonly detail: string; readonly isTransient: boolean }> {}

const retrySchedule = Schedule.exponential("200 millis").pipe(Schedule.upTo({ times: 4 }))

/** Sends requests to the service of a bucket, again while it is not well, each time with a signature of that time. */
export const s3Requests = Effect.fnUntraced(function* (
  { url }: MediaStoreSettings,
  signer: Signer
): Effect.fn.Return<(request: ObjectRequest) => Effect.Effect<Answer, StoreFailure>, never, FileHost | Scope.Scope> {
  // The operator has named this host: it may be in a private network.
  const policy = { klingIsLocal: isLocalUrl(url), privateHosts: [new URL(url).hostname] }
  const client = HttpClient.withScope(yield* FileHost.use((host) => host.connect(policy)))

  const attempt = Effect.fnUntraced(function* (request: ObjectRequest) {
    const { method, key, headers = {}, withBody = (bare) => bare } = request
    const signed = yield* signer.request(method, key, headers)
    const response = yield* client
      .execute(withBody(HttpClientRequest.make(method)(signed.url, signed)))
      .pipe(
        Effect.mapError(({ reason }) =>
          reason._tag === "EncodeError"
            ? new Attempt({ detail: "the file cannot be read", isTransient: false })
            : new Attempt({ detail: "it cannot be reached", isTransient: true })
        )
      )
    const { status } = response
    if (status === 200) return { isFound: true, headers: response.headers }
    if (status === 404 && method === "HEAD") return { isFound: false, headers: {} }
    return yield* new Attempt({
      detail: `HTTP ${status}${yield* codeOf(response)}`,
      isTransient: status >= 500 || status === 429 || status === 408
    })
  }, Effect.scoped)

  return (request) =>
    attempt(request).pipe(
      Effect.timeoutOrElse({
        duration: request.timeout,
        orElse: () => new Attempt({ detail: "it does not answer", isTransient: true })
      }),
      Effect.retry(($) => $(retrySchedule).pipe(Schedule.while(({ input }) => input.isTransient))),
      Effect.mapError(({ detail }) => new StoreFailure({ detail })),
      // No trace headers, which are not signed, and no signatures in traces.
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
    )
})

/** S3's name of an error: `, SlowDown`. Its message may quote the key that signed. */
const codeOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  response.text.pipe(
    Effect.map((xml) => /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec(xml)?.[1]),
    Effect.map((code) => (code === undefined ? "" : `, ${code}`)),
    Effect.orElseSucceed(() => "")
  )
