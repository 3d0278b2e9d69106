import { Effect, Layer, Stream } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { nodeFileHost } from "../node/node-file-host.ts"
import { FileHost } from "../files/file-host.ts"

/** One response of the file server; `end` is how its body ends. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Stream.Stream<Uint8Array>
  readonly end?: "complete" | "interrupted" | "silent"
}

export interface FileRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** 0 is the first request. */
  readonly index: number
}

export interface FileServer {
  /** A `FileHost` whose every connection reaches this server. */
  readonly layer: Layer.Layer<FileHost>
  readonly requests: ReadonlyArray<FileRequest>
}

/** A file server in memory: no network, and no delay unless a reply is `silence`. */
export const fileServer = (reply: (request: FileRequest) => Reply | "no connection" | "silence"): FileServer => {
  const requests: Array<FileRequest> = []
  const client = HttpClient.make((request, url) => {
    const received = { url: url.href, headers: request.headers, index: requests.length }
    requests.push(received)
    const response = reply(received)
    if (response === "silence") return Effect.never
    return response === "no connection" ? Effect.fail(broken(request)) : Effect.succeed(responseOf(request, response))
  })
  const connected = Effect.map(FileHost, (host) => ({ ...host, connect: () => Effect.succeed(client) }))
  return { layer: Layer.effect(FileHost, connected).pipe(Layer.provide(nodeFileHost)), requests }
}

const broken = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: new TypeError("fetch failed") })
  })

const ends = {
  complete: () => Stream.empty,
  interrupted: (request: HttpClientRequest.HttpClientRequest) => Stream.fail(broken(request)),
  silent: () => Stream.never
}

const responseOf = (request: HttpClientRequest.HttpClientRequest, { status, headers, body, end }: Reply) =>
  Object.defineProperty(
    HttpClientResponse.fromWeb(request, new Response(null, { status, headers: { ...headers } })),
    "stream",
    { value: Stream.concat(body, ends[end ?? "complete"](request)) }
  )

const chunkBytes = 5000

export const bodyOf = (bytes: Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
      bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    )
  )

/** The whole file or the requested range, as servers with an ETag respond; interrupted after `sends` bytes. */
export const fileReply = (
  file: Uint8Array,
  request: FileRequest,
  options: { readonly etag?: string; readonly sends?: number; readonly end?: "interrupted" | "silent" } = {}
): Reply => {
  const { etag = '"v1"', sends = file.length } = options
  const from = /^bytes=(\d+)-$/.exec(request.headers["range"] ?? "")?.[1]
  const start = from === undefined || request.headers["if-range"] !== etag ? 0 : Number(from)
  const body = bodyOf(file.subarray(start, start + sends))
  const isInterrupted = start + sends < file.length
  return {
    status: start > 0 ? 206 : 200,
    headers: {
      etag,
      "content-length": String(file.length - start),
      ...(start > 0 ? { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` } : {})
    },
    body,
    ...(isInterrupted ? { end: options.end ?? "interrupted" } : {})
  }
}

/** An MP4 of three boxes (`ftyp`, `moov`, `mdat`); the bytes of the last one vary by position. */
export const sampleVideo = (length: number, seed = 1): Uint8Array => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 * seed + (index >> 8)) & 255)
  const ascii = (text: string) => [...new TextEncoder().encode(text)]
  bytes.set([0, 0, 0, 24, ...ascii("ftypisom")])
  bytes.set([0, 0, 0, 16, ...ascii("moov")], 24)
  bytes.set(ascii("mdat"), 44)
  new DataView(bytes.buffer).setUint32(40, length - 40)
  return bytes
}
