import type { LedgerSource } from "@klingkit/jobs"
import { Effect, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { makeLedgerGauges } from "../metrics/ledger-gauges.ts"
import { makeProcessMetrics } from "../metrics/process-metrics.ts"
import type { Route } from "../route.ts"

const build = Metric.gauge("klingkit_build_info", { description: "The running version" })

/** All metrics of this process, in Prometheus' text format. */
export const makeMetricsText = (version: string): Effect.Effect<string, never, LedgerSource> =>
  Effect.all([
    Metric.update(Metric.withAttributes(build, { version }), 1),
    makeProcessMetrics(),
    makeLedgerGauges()
  ]).pipe(Effect.andThen(PrometheusMetrics.format()))

export const metricsRoute = (read: () => Promise<string>): Route => ({
  path: "/metrics",
  serve: async (_request, response) => {
    const text = await read()
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text)
  }
})
