import { untrustedText } from "@klingkit/core"
import { Effect, FileSystem, Option, Ref, Schedule, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"

/** Why a try ended without the whole file. `mayPass`: asking again can help. */
export interface FetchFailure {
  readonly detail: string
  readonly mayPass: boolean
}

export interface FetchProgress {
  readonly receivedBytes: number
  readonly totalBytes?: number
}

/** More than any result of Kling; an endless body ends here. */
const maxBytes = 4 * 1024 ** 3
const tries = Schedule.exponential("500 millis").pipe(Schedule.upTo({ times: 5 }))

/**
 * Streams a URL into `part`, resuming by byte range after a cut as long as the server's copy is the same (ETag).
 * Memory stays flat. Gives the number of bytes; the caller checks and names the file.
 */
export const fetchToFile = Effect.fnUntraced(function* (
  url: string,
  part: string,
  onProgress: (progress: FetchProgress) => Effect.Effect<void>
): Effect.fn.Return<number, FetchFailure, HttpClient.HttpClient | FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const http = yield* HttpClient.HttpClient
  const etag = yield* Ref.make<string | undefined>(undefined)

  const attempt = Effect.gen(function* () {
    const known = yield* Ref.get(etag)
    const have = known === undefined ? 0 : yield* sizeOf(fs, part)
    const response = yield* http
      .execute(
        HttpClientRequest.get(url, have > 0 ? { headers: { range: `bytes=${have}-`, "if-range": known ?? "" } } : {})
      )
      .pipe(Effect.mapError((error): FetchFailure => ({ detail: error.message, mayPass: true })))
    const resumed = response.status === 206
    if (response.status !== 200 && !resumed) {
      return yield* Effect.fail<FetchFailure>({
        detail: `the file server answered HTTP ${response.status}`,
        mayPass: response.status >= 500 || response.status === 429 || response.status === 408
      })
    }
    yield* Ref.set(etag, response.headers["etag"])
    const start = resumed ? have : 0
    const length = numberOf(response.headers["content-length"])
    const total = length === undefined ? undefined : start + length
    const received = yield* Ref.make(start)
    yield* response.stream.pipe(
      Stream.mapError((error): FetchFailure => ({ detail: error.message, mayPass: true })),
      Stream.tap((chunk) =>
        Ref.updateAndGet(received, (count) => count + chunk.length).pipe(
          Effect.flatMap((receivedBytes) =>
            receivedBytes > maxBytes
              ? Effect.fail<FetchFailure>({ detail: "the file is larger than 4 GiB", mayPass: false })
              : onProgress({ receivedBytes, ...(total === undefined ? {} : { totalBytes: total }) })
          )
        )
      ),
      Stream.run(fs.sink(part, { flag: resumed ? "a" : "w" })),
      Effect.mapError((error): FetchFailure =>
        "mayPass" in error ? error : { detail: `cannot write: ${untrustedText(error.message)}`, mayPass: false }
      )
    )
    const size = yield* Ref.get(received)
    if (total !== undefined && size !== total) {
      return yield* Effect.fail<FetchFailure>({
        detail: `the file broke off at ${size} of ${total} bytes`,
        mayPass: true
      })
    }
    return size
  })

  return yield* attempt.pipe(Effect.retry(($) => $(tries).pipe(Schedule.while(({ input }) => input.mayPass))))
})

const sizeOf = (fs: FileSystem.FileSystem, file: string): Effect.Effect<number> =>
  Effect.map(Effect.option(fs.stat(file)), (info) => (Option.isSome(info) ? Number(info.value.size) : 0))

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
