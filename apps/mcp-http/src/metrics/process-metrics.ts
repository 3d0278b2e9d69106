import { Effect, Metric } from "effect"
import { monitorEventLoopDelay } from "node:perf_hooks"

const startedAt = Date.now() / 1000 - process.uptime()

const start = Metric.gauge("process_start_time_seconds", {
  description: "When the process started, in seconds since 1970"
})
const memory = Metric.gauge("process_resident_memory_bytes", { description: "Memory of the process" })
const heap = Metric.gauge("nodejs_heap_size_used_bytes", { description: "JavaScript objects" })
const cpu = Metric.counter("process_cpu_seconds_total", { description: "CPU time of the process", incremental: true })
const lagOf = (name: string) =>
  Metric.gauge(`nodejs_eventloop_lag_${name}_seconds`, {
    description: "How late timers were since the last time these metrics were read"
  })
const [meanLag, p99Lag, maxLag] = [lagOf("mean"), lagOf("p99"), lagOf("max")]

/** What the process itself uses, under the names that Node programs use for it. Reads begin with the first. */
export const makeProcessMetrics = (): Effect.Effect<void> => {
  const delay = monitorEventLoopDelay()
  delay.enable()
  let cpuSeconds = 0
  return Effect.gen(function* () {
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const used = (user + system) / 1e6
    yield* Metric.update(start, startedAt)
    yield* Metric.update(memory, rss)
    yield* Metric.update(heap, heapUsed)
    yield* Metric.update(cpu, used - cpuSeconds)
    cpuSeconds = used
    yield* Metric.update(meanLag, nanos(delay.mean))
    yield* Metric.update(p99Lag, nanos(delay.percentile(99)))
    yield* Metric.update(maxLag, nanos(delay.max))
    delay.reset()
  })
}

/** Nothing was measured yet when it is not a number. */
const nanos = (value: number): number => (Number.isFinite(value) ? value / 1e9 : 0)
