import { Effect } from "effect"
import type { ServerResponse } from "node:http"
import type { KlingAnswer } from "../routes/request.ts"

const sliceMs = 50

/** Sends a response over its socket, or breaks it as its `delivery` demands. */
export const deliver = Effect.fnUntraced(function* (response: ServerResponse, answer: KlingAnswer, headOnly: boolean) {
  const { delivery, headers, status } = answer
  const socket = response.socket
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body
  switch (delivery.how) {
    case "drop":
      socket?.destroy()
      return
    case "reset":
      socket?.resetAndDestroy()
      return
    case "hang":
      return
    case "cut":
      response.writeHead(status, { ...headers, "content-length": body.length })
      yield* written(response, body.subarray(0, delivery.afterBytes))
      socket?.destroy()
      return
    case "whole": {
      if (delivery.delayMs !== undefined) yield* Effect.sleep(delivery.delayMs)
      // 304 has neither a body nor a content length.
      response.writeHead(status, status === 304 ? headers : { ...headers, "content-length": body.length })
      if (headOnly || status === 304) response.end()
      else if (delivery.bytesPerSecond === undefined) response.end(body)
      else yield* trickle(response, body, delivery.bytesPerSecond)
    }
  }
})

const trickle = Effect.fnUntraced(function* (response: ServerResponse, body: Uint8Array, bytesPerSecond: number) {
  const slice = Math.max(1, Math.round((bytesPerSecond * sliceMs) / 1000))
  for (let sent = 0; sent < body.length && !response.destroyed; sent += slice) {
    yield* written(response, body.subarray(sent, sent + slice))
    yield* Effect.sleep(sliceMs)
  }
  response.end()
})

/** Completes when the bytes are handed to the kernel, or the client has disconnected. */
const written = (response: ServerResponse, bytes: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    response.write(bytes, () => resume(Effect.void))
  })
