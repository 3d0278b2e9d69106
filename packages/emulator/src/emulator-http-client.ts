import { Effect, Layer } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import type { KlingAnswer } from "./routes/request.ts"
import type { KlingWorld } from "./world/kling-world.ts"

/** An `HttpClient` that sends every request, for any host, to the in-memory world: no sockets, and time is Effect's Clock. */
export const emulatorHttpClient = (world: KlingWorld): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.flatMap(
        world.answer({
          method: request.method === "HEAD" ? "GET" : request.method,
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body: textOf(request)
        }),
        (answer) => deliver(request, answer)
      )
    )
  )

const textOf = ({ body }: HttpClientRequest.HttpClientRequest): string =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""

const deliver = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest, answer: KlingAnswer) {
  const { delivery } = answer
  switch (delivery.how) {
    case "hang":
      return yield* Effect.never
    case "drop":
    case "reset":
      return yield* new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause: lost, description: lost.message })
      })
    case "cut":
      return HttpClientResponse.fromWeb(request, new Response(truncatedBody(answer, delivery.afterBytes), answer))
    case "whole": {
      const { delayMs = 0, bytesPerSecond } = delivery
      yield* Effect.sleep(delayMs + (bytesPerSecond === undefined ? 0 : (answer.body.length / bytesPerSecond) * 1000))
      const isEmpty = answer.status === 304 || request.method === "HEAD"
      return HttpClientResponse.fromWeb(request, new Response(isEmpty ? null : new Uint8Array(bytesOf(answer)), answer))
    }
  }
})

const lost = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })

const bytesOf = ({ body }: KlingAnswer): Uint8Array =>
  typeof body === "string" ? new TextEncoder().encode(body) : body

/** A body that fails after some bytes, like a broken connection. */
const truncatedBody = (answer: KlingAnswer, afterBytes: number): ReadableStream<Uint8Array> => {
  let sent = false
  return new ReadableStream({
    // Erroring immediately would discard bytes that have not been read yet.
    pull: (controller) => {
      if (sent) return controller.error(lost)
      sent = true
      controller.enqueue(bytesOf(answer).subarray(0, afterBytes))
    }
  })
}
