import { Effect, type FileSystem, type PlatformError, Schedule, Stream } from "effect"
import type { HttpClient, HttpClientResponse } from "effect/http"
import { type FetchFailure, failure, stalled } from "./fetch-failure.ts"
import { FileHost } from "./file-host.ts"
import { getFollowingRedirects, readTimeout } from "./follow-redirects.ts"
import type { FetchPolicy } from "./fetch-policy.ts"
import { checkDiskSpace } from "./disk-space.ts"

export interface FetchProgress {
  readonly receivedBytes: number
  readonly totalBytes?: number
}

export interface FileToFetch {
  readonly url: string
  readonly policy: FetchPolicy
  readonly http: HttpClient.HttpClient
  /** Open for writing, and used by this call only. */
  readonly file: FileSystem.File
  readonly folder: string
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/** More than any result of Kling; bounds an endless body. */
const maxBytes = 4 * 1024 ** 3
const tooLarge = failure("the file is larger than 4 GiB", false)
/** Even 4 GiB take less on a slow line; bounds a server that sends a byte now and then. */
const longest = "1 hour"
const retrySchedule = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 5 }))

/**
 * Streams a URL into an open file. After an interruption it resumes by byte range, as long as the ETag is the same.
 * Memory use is constant and the digest is computed on the fly. The caller verifies and names the file.
 */
export const fetchToFile = Effect.fnUntraced(function* ({
  url,
  policy,
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
  // What has been written of the version that this ETag names.
  let version = yield* empty
  let etag: string | undefined
  let versionBytes: number | undefined

  const attempt = Effect.gen(function* () {
    const knownEtag = etag
    const have = knownEtag === undefined ? 0 : version.bytes
    const response = yield* getFollowingRedirects(http, url, headersFor(have, knownEtag), policy)
    const isPartial = response.status === 206 && have > 0
    if (
      have > 0 &&
      (response.status === 416 || (isPartial && !continues(response, { have, etag: knownEtag, total: versionBytes })))
    ) {
      etag = undefined
      return yield* Effect.fail(failure("the file changed on the server", true))
    }
    if (response.status !== 200 && !isPartial) return yield* Effect.fail(httpFailure(response.status))
    etag = strongEtag(response)
    if (!isPartial) version = yield* empty
    yield* receive(response)
  }).pipe(Effect.scoped)

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const length = numberOf(response.headers["content-length"])
    const total = length === undefined ? undefined : version.bytes + length
    versionBytes = total
    if (total !== undefined && total > maxBytes) return yield* Effect.fail(tooLarge)
    yield* file.truncate(version.bytes)
    yield* file.seek(BigInt(version.bytes), "start")
    const shortage = yield* checkDiskSpace(folder, length ?? 0)
    if (shortage !== undefined) return yield* Effect.fail(failure(shortage, false))
    yield* response.stream.pipe(
      Stream.mapError(() => failure("the connection was lost", true)),
      Stream.timeoutOrElse({ duration: readTimeout, orElse: () => Stream.fail(stalled) }),
      Stream.runForEach((chunk) =>
        Effect.gen(function* () {
          if (version.bytes + chunk.length > maxBytes) return yield* Effect.fail(tooLarge)
          yield* file.writeAll(chunk)
          version.sha256.update(chunk)
          version.bytes += chunk.length
          yield* onProgress({ receivedBytes: version.bytes, ...(total === undefined ? {} : { totalBytes: total }) })
        })
      )
    )
    if (total === undefined || version.bytes === total) return
    return yield* Effect.fail(failure(`${version.bytes} of ${total} bytes received`, true))
  })

  yield* attempt.pipe(
    Effect.retry(($) =>
      $(retrySchedule).pipe(Schedule.while(({ input }) => input._tag === "FetchFailure" && input.isTransient))
    ),
    Effect.timeoutOrElse({ duration: longest, orElse: () => Effect.fail(failure("it took more than an hour", true)) })
  )
  return { bytes: version.bytes, sha256: version.sha256.digest() }
})

// With compression, the announced length would not be that of the file.
const headersFor = (have: number, etag: string | undefined): Readonly<Record<string, string>> => ({
  "accept-encoding": "identity",
  ...(have > 0 && etag !== undefined ? { range: `bytes=${have}-`, "if-range": etag } : {})
})

/** Whether a partial response is of the same version, as long as that one, and starts where ours ends. */
const continues = (
  { headers }: HttpClientResponse.HttpClientResponse,
  known: { readonly have: number; readonly etag: string | undefined; readonly total: number | undefined }
): boolean => {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? []
  const isSameLength = known.total === undefined || total === "*" || numberOf(total) === known.total
  const isSameVersion = headers["etag"] === undefined || headers["etag"] === known.etag
  return isSameVersion && isSameLength && numberOf(start) === known.have
}

/** A weak ETag does not guarantee the same bytes. */
const strongEtag = ({ headers }: HttpClientResponse.HttpClientResponse): string | undefined =>
  headers["etag"]?.startsWith('"') === true ? headers["etag"] : undefined

const httpFailure = (status: number): FetchFailure =>
  failure(`the file server returned HTTP ${status}`, status >= 500 || status === 429 || status === 408, status)

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
