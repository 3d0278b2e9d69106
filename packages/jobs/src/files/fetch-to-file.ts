import { Effect, FileSystem, Option, type PlatformError, Ref, Schedule, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"

/** Why a try ended without the whole file. `mayPass`: asking again can help. */
export interface FetchFailure {
  readonly _tag: "FetchFailure"
  readonly detail: string
  readonly mayPass: boolean
}

export interface FetchProgress {
  readonly receivedBytes: number
  readonly totalBytes?: number
}

/** More than any result of Kling; an endless body ends here. */
const maxBytes = 4 * 1024 ** 3
/** A server that sends nothing for so long is not waited for any longer. */
const patience = "30 seconds"
const tries = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 5 }))

const failure = (detail: string, mayPass: boolean): FetchFailure => ({ _tag: "FetchFailure", detail, mayPass })
const silent = failure("the file server fell silent", true)

/**
 * Streams a URL into `part`, resuming by byte range after a cut as long as the server's copy is the same (ETag).
 * Memory stays flat. Gives the number of bytes; the caller checks and names the file.
 */
export const fetchToFile = Effect.fnUntraced(function* (
  url: string,
  part: string,
  onProgress: (progress: FetchProgress) => Effect.Effect<void>
): Effect.fn.Return<number, FetchFailure | PlatformError.PlatformError, HttpClient.HttpClient | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const http = yield* HttpClient.HttpClient
  const etag = yield* Ref.make<string | undefined>(undefined)

  const attempt = Effect.gen(function* () {
    const known = yield* Ref.get(etag)
    const have = known === undefined ? 0 : yield* sizeOf(fs, part)
    const response = yield* http.execute(HttpClientRequest.get(url, { headers: headersFor(have, known) })).pipe(
      Effect.mapError(() => failure("the file server could not be reached", true)),
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(silent) })
    )
    const isRest = response.status === 206 && have > 0
    if (have > 0 && (response.status === 416 || (isRest && !isRestOf(response, have, known)))) {
      yield* Ref.set(etag, undefined)
      return yield* Effect.fail(failure("the file has changed on its server", true))
    }
    if (response.status !== 200 && !isRest) return yield* Effect.fail(refusal(response.status))
    yield* Ref.set(etag, strongEtag(response))
    return yield* receive(response, isRest ? have : 0)
  })

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse, start: number) {
    const length = numberOf(response.headers["content-length"])
    const total = length === undefined ? undefined : start + length
    const received = yield* Ref.make(start)
    yield* response.stream.pipe(
      Stream.mapError(() => failure("the connection broke off", true)),
      Stream.timeoutOrElse({ duration: patience, orElse: () => Stream.fail(silent) }),
      Stream.tap((chunk) =>
        Ref.updateAndGet(received, (count) => count + chunk.length).pipe(
          Effect.flatMap((receivedBytes) =>
            receivedBytes > maxBytes
              ? Effect.fail(failure("the file is larger than 4 GiB", false))
              : onProgress({ receivedBytes, ...(total === undefined ? {} : { totalBytes: total }) })
          )
        )
      ),
      Stream.run(fs.sink(part, { flag: start > 0 ? "a" : "w" }))
    )
    const size = yield* Ref.get(received)
    if (total === undefined || size === total) return size
    return yield* Effect.fail(failure(`${size} of ${total} bytes came`, true))
  })

  return yield* attempt.pipe(
    Effect.retry(($) => $(tries).pipe(Schedule.while(({ input }) => input._tag === "FetchFailure" && input.mayPass)))
  )
})

// Compressed on the way, a file would have another length than the one that is announced.
const headersFor = (have: number, etag: string | undefined): Readonly<Record<string, string>> => ({
  "accept-encoding": "identity",
  ...(have > 0 && etag !== undefined ? { range: `bytes=${have}-`, "if-range": etag } : {})
})

/** A part is taken only when it is of the same copy and begins where ours ends. */
const isRestOf = (
  { headers }: HttpClientResponse.HttpClientResponse,
  have: number,
  etag: string | undefined
): boolean =>
  (headers["etag"] === undefined || headers["etag"] === etag) &&
  numberOf(/^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1]) === have

/** A weak ETag does not promise the same bytes. */
const strongEtag = ({ headers }: HttpClientResponse.HttpClientResponse): string | undefined =>
  headers["etag"]?.startsWith('"') === true ? headers["etag"] : undefined

const refusal = (status: number): FetchFailure =>
  failure(`the file server answered HTTP ${status}`, status >= 500 || status === 429 || status === 408)

const sizeOf = (fs: FileSystem.FileSystem, file: string): Effect.Effect<number> =>
  Effect.map(Effect.option(fs.stat(file)), (info) => (Option.isSome(info) ? Number(info.value.size) : 0))

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
