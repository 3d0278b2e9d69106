import { Effect, type FileSystem, type PlatformError, Schedule, Stream } from "effect"
import type { HttpClient, HttpClientResponse } from "effect/http"
import { type FetchFailure, failure, silent } from "./fetch-failure.ts"
import { FileHost } from "./file-host.ts"
import { getFollowing, patience } from "./follow-redirects.ts"
import type { Reach } from "./reach.ts"
import { shortOfSpace } from "./disk-space.ts"

export interface FetchProgress {
  readonly receivedBytes: number
  readonly totalBytes?: number
}

export interface FileToFetch {
  readonly url: string
  readonly reach: Reach
  readonly http: HttpClient.HttpClient
  /** Open for writing, and nobody else's. */
  readonly file: FileSystem.File
  readonly folder: string
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/** More than any result of Kling; an endless body ends here. */
const maxBytes = 4 * 1024 ** 3
const tooLarge = failure("the file is larger than 4 GiB", false)
const tries = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 5 }))

/**
 * Streams a URL into an open file, resuming by byte range after a cut as long as the server's copy is the same (ETag).
 * Memory stays flat, and the digest is taken from the bytes on their way. The caller checks and names the file.
 */
export const fetchToFile = Effect.fnUntraced(function* ({
  url,
  reach,
  http,
  file,
  folder,
  onProgress
}: FileToFetch): Effect.fn.Return<
  { readonly bytes: number; readonly sha256: string },
  FetchFailure | PlatformError.PlatformError,
  FileHost
> {
  const host = yield* FileHost
  const empty = Effect.map(host.sha256, (sha256) => ({ bytes: 0, sha256 }))
  // What has been written of the copy that this ETag names.
  let copy = yield* empty
  let etag: string | undefined

  const attempt = Effect.gen(function* () {
    const known = etag
    const have = known === undefined ? 0 : copy.bytes
    const response = yield* getFollowing(http, url, headersFor(have, known), reach)
    const isRest = response.status === 206 && have > 0
    if (have > 0 && (response.status === 416 || (isRest && !isRestOf(response, have, known)))) {
      etag = undefined
      return yield* Effect.fail(failure("the file has changed on its server", true))
    }
    if (response.status !== 200 && !isRest) return yield* Effect.fail(refusal(response.status))
    etag = strongEtag(response)
    if (!isRest) copy = yield* empty
    yield* receive(response)
  }).pipe(Effect.scoped)

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const length = numberOf(response.headers["content-length"])
    const total = length === undefined ? undefined : copy.bytes + length
    if (total !== undefined && total > maxBytes) return yield* Effect.fail(tooLarge)
    yield* file.truncate(copy.bytes)
    yield* file.seek(BigInt(copy.bytes), "start")
    const lack = yield* shortOfSpace(folder, length ?? 0)
    if (lack !== undefined) return yield* Effect.fail(failure(lack, false))
    yield* response.stream.pipe(
      Stream.mapError(() => failure("the connection broke off", true)),
      Stream.timeoutOrElse({ duration: patience, orElse: () => Stream.fail(silent) }),
      Stream.runForEach((chunk) =>
        Effect.gen(function* () {
          if (copy.bytes + chunk.length > maxBytes) return yield* Effect.fail(tooLarge)
          yield* file.writeAll(chunk)
          copy.sha256.update(chunk)
          copy.bytes += chunk.length
          yield* onProgress({ receivedBytes: copy.bytes, ...(total === undefined ? {} : { totalBytes: total }) })
        })
      )
    )
    if (total === undefined || copy.bytes === total) return
    return yield* Effect.fail(failure(`${copy.bytes} of ${total} bytes came`, true))
  })

  yield* attempt.pipe(
    Effect.retry(($) => $(tries).pipe(Schedule.while(({ input }) => input._tag === "FetchFailure" && input.mayPass)))
  )
  return { bytes: copy.bytes, sha256: copy.sha256.digest() }
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

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
