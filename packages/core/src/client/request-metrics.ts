import { Cause, Clock, Effect, Exit, Metric, Option } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import type { KlingRequest } from "./exchange.ts"

const requests = Metric.counter("klingkit_kling_requests_total", {
  description: "Requests to Kling, by operation and outcome: ok, or the reason of the failure",
  incremental: true
})
const seconds = Metric.histogram("klingkit_kling_request_seconds", {
  description: "How long Kling took to answer",
  boundaries: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
})

/** Counts a request to Kling and how long it took. Its path and body are of no concern here: they may name a task or a prompt. */
export const measured =
  ({ operation }: Pick<KlingRequest, "operation">) =>
  <A, R>(request: Effect.Effect<A, KlingError, R>): Effect.Effect<A, KlingError, R> =>
    Effect.flatMap(Clock.monotonicTimeNanos, (startedAt) =>
      Effect.onExit(request, (exit) =>
        Effect.gen(function* () {
          const kind = { kind: operation.billed ? "submit" : "read" }
          const taken = Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1e9
          yield* Metric.update(Metric.withAttributes(seconds, kind), taken)
          const labels = { ...kind, operation: operation.id, outcome: outcomeOf(exit) }
          yield* Metric.update(Metric.withAttributes(requests, labels), 1)
        })
      )
    )

const outcomeOf = (exit: Exit.Exit<unknown, KlingError>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const failure = Cause.findErrorOption(exit.cause)
  return Option.match(failure, { onNone: () => "Interrupted", onSome: ({ reason }) => reason._tag })
}
