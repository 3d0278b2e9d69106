import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server"
import { Clock, Effect, Exit, Metric } from "effect"

const calls = Metric.counter("klingkit_tool_calls_total", {
  description: "Calls of tools, by outcome: ok, error, input_required or interrupted",
  incremental: true
})
const seconds = Metric.histogram("klingkit_tool_call_seconds", {
  description: "How long calls of tools took, waits for tasks included",
  boundaries: [0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 120]
})

type Answer = CallToolResult | InputRequiredResult

/** Counts a call of a tool and how long it took. */
export const countingCalls =
  (tool: string) =>
  <A extends Answer, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Clock.monotonicTimeNanos, (startedAt) =>
      Effect.onExit(call, (exit) =>
        Effect.gen(function* () {
          const taken = Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1e9
          yield* Metric.update(Metric.withAttributes(seconds, { tool }), taken)
          yield* Metric.update(Metric.withAttributes(calls, { tool, outcome: outcomeOf(exit) }), 1)
        })
      )
    )

const outcomeOf = (exit: Exit.Exit<Answer, unknown>): string => {
  if (Exit.isFailure(exit)) return "interrupted"
  if ("inputRequests" in exit.value) return "input_required"
  return exit.value["isError"] === true ? "error" : "ok"
}
