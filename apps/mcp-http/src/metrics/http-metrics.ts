import { Effect, Metric } from "effect"
import type { Answered } from "../serve.ts"

const requests = Metric.counter("klingkit_http_requests_total", {
  description: "HTTP requests by route, method and status; 499 when the client was gone before the answer",
  incremental: true
})
const seconds = Metric.histogram("klingkit_http_request_seconds", {
  description: "From the arrival of an HTTP request to the end of its answer",
  boundaries: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300]
})

export const countRequest = Effect.fnUntraced(function* (method: string, { route, status, millis }: Answered) {
  yield* Metric.update(Metric.withAttributes(requests, { route, method, status: String(status) }), 1)
  yield* Metric.update(Metric.withAttributes(seconds, { route }), millis / 1000)
})
