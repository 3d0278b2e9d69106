import { Effect, Layer, Stream } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { nodeFileHost } from "../../node/node-file-host.ts"
import { FileHost } from "../file-host.ts"

/** One answer of the file server; `end` is how its body stops. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Stream.Stream<Uint8Array>
  readonly end?: "whole" | "cut" | "silent"
}

export interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** 0 is the first request. */
  readonly turn: number
}

export interface FileServer {
  /** This machine, with the server in the place of all others. */
  readonly layer: Layer.Layer<FileHost>
  readonly asked: ReadonlyArray<Asked>
}

/** A file server in memory: nothing leaves, and nothing takes time unless an answer says so. */
export const fileServer = (reply: (asked: Asked) => Reply | "no connection" | "silence"): FileServer => {
  const asked: Array<Asked> = []
  const client = HttpClient.make((request, url) => {
    const one = { url: url.href, headers: request.headers, turn: asked.length }
    asked.push(one)
    const answer = reply(one)
    if (answer === "silence") return Effect.never
    return answer === "no connection" ? Effect.fail(broken(request)) : Effect.succeed(responseOf(request, answer))
  })
  const connected = Effect.map(FileHost, (host) => ({ ...host, connect: () => Effect.succeed(client) }))
  return { layer: Layer.effect(FileHost, connected).pipe(Layer.provide(nodeFileHost)), asked }
}

const broken = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: new TypeError("fetch failed") })
  })

const ends = {
  whole: () => Stream.empty,
  cut: (request: HttpClientRequest.HttpClientRequest) => Stream.fail(broken(request)),
  silent: () => Stream.never
}

const responseOf = (request: HttpClientRequest.HttpClientRequest, { status, headers, body, end }: Reply) =>
  Object.defineProperty(
    HttpClientResponse.fromWeb(request, new Response(null, { status, headers: { ...headers } })),
    "stream",
    { value: Stream.concat(body, ends[end ?? "whole"](request)) }
  )

const chunkBytes = 5000

export const bodyOf = (bytes: Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
      bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    )
  )

/** A whole file, or the part of it that is asked for, as servers with an ETag answer; cut short after `sends` bytes. */
export const fileReply = (
  file: Uint8Array,
  asked: Asked,
  about: { readonly etag?: string; readonly sends?: number; readonly end?: "cut" | "silent" } = {}
): Reply => {
  const { etag = '"v1"', sends = file.length } = about
  const from = /^bytes=(\d+)-$/.exec(asked.headers["range"] ?? "")?.[1]
  const start = from === undefined || asked.headers["if-range"] !== etag ? 0 : Number(from)
  const body = bodyOf(file.subarray(start, start + sends))
  const cutShort = start + sends < file.length
  return {
    status: start > 0 ? 206 : 200,
    headers: {
      etag,
      "content-length": String(file.length - start),
      ...(start > 0 ? { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` } : {})
    },
    body,
    ...(cutShort ? { end: about.end ?? "cut" } : {})
  }
}

/** A film of three parts (what it is, its index, its pictures), the last of bytes that differ from place to place. */
export const film = (length: number, seed = 1): Uint8Array => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 * seed + (index >> 8)) & 255)
  const ascii = (text: string) => [...new TextEncoder().encode(text)]
  bytes.set([0, 0, 0, 24, ...ascii("ftypisom")])
  bytes.set([0, 0, 0, 16, ...ascii("moov")], 24)
  bytes.set(ascii("mdat"), 44)
  new DataView(bytes.buffer).setUint32(40, length - 40)
  return bytes
}
