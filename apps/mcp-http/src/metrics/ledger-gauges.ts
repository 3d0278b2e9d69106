import { LedgerSource } from "@klingkit/jobs"
import { Effect, Metric } from "effect"

const up = Metric.gauge("klingkit_ledger_up", { description: "1 when the ledger can be read, 0 when not" })
const jobs = Metric.gauge("klingkit_jobs", {
  description: "Jobs of the ledger that have not ended, or whose outcome is unknown; the same on every replica"
})
const slots = Metric.gauge("klingkit_slots_in_use", {
  description: "Concurrency slots that the jobs of the ledger hold; the same on every replica"
})

/** What the ledger holds now. What has gone since the last time is zero, not missing. */
export const makeLedgerGauges = (): Effect.Effect<void, never, LedgerSource> => {
  const shown = new Map<string, Metric.Gauge<number>>()
  return Effect.gen(function* () {
    const ledger = yield* LedgerSource.use(({ open }) => open)
    const counts = yield* ledger.countUnfinished
    for (const gauge of shown.values()) yield* Metric.update(gauge, 0)
    const add = (gauge: Metric.Gauge<number>, labels: Readonly<Record<string, string>>, value: number) => {
      const one = Metric.withAttributes(gauge, labels)
      shown.set(JSON.stringify([gauge.id, labels]), one)
      return Metric.modify(one, value)
    }
    for (const { state, queueKey, jobs: count, slots: held } of counts) {
      yield* add(jobs, { state: state.toLowerCase() }, count)
      if (queueKey !== undefined) yield* add(slots, { queue: queueKey }, held)
    }
    yield* Metric.update(up, 1)
  }).pipe(Effect.catch(() => Metric.update(up, 0)))
}
