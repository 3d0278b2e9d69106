import { Effect, type FileSystem, type PlatformError, Schedule, Stream } from "effect"
import type { HttpClient, HttpClientResponse } from "effect/http"
import { type FetchFailure, failure, stalled } from "./fetch-failure.ts"
import { FileHost, type Sha256 } from "./file-host.ts"
import { canContinue, continues, type FileVersion, numberOf, rangeHeaders, versionOf } from "./file-version.ts"
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
  /** What the file already holds, of an earlier attempt. */
  readonly received?: ReceivedBytes | undefined
  /** Called before the first byte of each version that is written from its beginning. */
  readonly onVersion: (version: FileVersion) => Effect.Effect<void, PlatformError.PlatformError>
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/** The beginning of a version of a file, and the digest of so much. */
export interface ReceivedBytes {
  readonly version: FileVersion
  readonly bytes: number
  readonly sha256: Sha256
}

/** More than any result of Kling; bounds an endless body. */
const maxBytes = 4 * 1024 ** 3
const tooLarge = failure("the file is larger than 4 GiB", false)
/** Even 4 GiB take less on a slow line; bounds a server that sends a byte now and then. */
const longest = "1 hour"
const retrySchedule = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 5 }))

/**
 * Streams a URL into an open file. After an interruption it resumes by byte range, as long as the version is the same.
 * Memory use is constant and the digest is computed on the fly. The caller verifies and names the file.
 */
export const fetchToFile = Effect.fnUntraced(function* ({
  url,
  policy,
  http,
  file,
  folder,
  received,
  onVersion,
  onProgress
}: FileToFetch): Effect.fn.Return<
  { readonly bytes: number; readonly sha256: string },
  FetchFailure | PlatformError.PlatformError,
  FileHost
> {
  const host = yield* FileHost
  let { version, bytes, sha256 } = received ?? { version: {}, bytes: 0, sha256: yield* host.sha256 }

  const attempt = Effect.gen(function* () {
    const have = canContinue(version, bytes) ? bytes : 0
    // All of it was there; only its name was missing.
    if (have > 0 && have === version.totalBytes) return
    const range = have > 0 ? rangeHeaders(version, have) : {}
    // With compression, the announced length would not be that of the file.
    const headers = { "accept-encoding": "identity", ...range }
    const response = yield* getFollowingRedirects(http, url, headers, policy)
    const isPartial = response.status === 206 && have > 0
    if (have > 0 && (response.status === 416 || (isPartial && !continues(response, version, have)))) {
      version = {}
      return yield* Effect.fail(failure("the file changed on the server", true))
    }
    if (response.status !== 200 && !isPartial) return yield* Effect.fail(httpFailure(response.status))
    if (!isPartial) {
      version = versionOf(response)
      bytes = 0
      sha256 = yield* host.sha256
      // Should this program die here, the file must not hold bytes of another version than it is said to.
      yield* file.truncate(0)
      yield* onVersion(version)
    }
    yield* receive(response)
  }).pipe(Effect.scoped)

  const receive = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const length = numberOf(response.headers["content-length"])
    const total = length === undefined ? undefined : bytes + length
    if (total !== undefined && total > maxBytes) return yield* Effect.fail(tooLarge)
    yield* file.truncate(bytes)
    yield* file.seek(BigInt(bytes), "start")
    const shortage = yield* checkDiskSpace(folder, length ?? 0)
    if (shortage !== undefined) return yield* Effect.fail(failure(shortage, false))
    yield* response.stream.pipe(
      Stream.mapError(() => failure("the connection was lost", true)),
      Stream.timeoutOrElse({ duration: readTimeout, orElse: () => Stream.fail(stalled) }),
      Stream.runForEach((chunk) =>
        Effect.gen(function* () {
          if (bytes + chunk.length > maxBytes) return yield* Effect.fail(tooLarge)
          yield* file.writeAll(chunk)
          sha256.update(chunk)
          bytes += chunk.length
          yield* onProgress({ receivedBytes: bytes, ...(total === undefined ? {} : { totalBytes: total }) })
        })
      )
    )
    if (total === undefined || bytes === total) return
    return yield* Effect.fail(failure(`${bytes} of ${total} bytes received`, true))
  })

  yield* attempt.pipe(
    Effect.retry(($) =>
      $(retrySchedule).pipe(Schedule.while(({ input }) => input._tag === "FetchFailure" && input.isTransient))
    ),
    Effect.timeoutOrElse({ duration: longest, orElse: () => Effect.fail(failure("it took more than an hour", true)) })
  )
  return { bytes, sha256: sha256.digest() }
})

const httpFailure = (status: number): FetchFailure =>
  failure(`the file server returned HTTP ${status}`, status >= 500 || status === 429 || status === 408, status)
