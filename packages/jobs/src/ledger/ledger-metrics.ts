import { Effect, Metric } from "effect"
import type { JobRecord } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"

const incremental = true

const transitions = Metric.counter("klingkit_job_transitions_total", {
  description: "Jobs that have come into a state, by operation; each is counted once, by the process that wrote it",
  incremental
})
const queueSeconds = Metric.histogram("klingkit_job_queue_seconds", {
  description: "From the request of a job until it was first sent to Kling",
  boundaries: [0.1, 1, 5, 15, 60, 300, 900, 3600]
})
const jobSeconds = Metric.histogram("klingkit_job_seconds", {
  description: "From the request of a job until its task has ended",
  boundaries: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600]
})
const spend = Metric.counter("klingkit_spend_usd_total", {
  description:
    "What ended jobs count against the limits, in US dollars: the charge, or the quote while it is not known",
  incremental
})
const errors = Metric.counter("klingkit_ledger_errors_total", {
  description: "Calls that failed because the ledger could not be opened, read or written",
  incremental
})

/** Counts a job that has come into a new state. */
export const countTransition = Effect.fnUntraced(function* (job: JobRecord) {
  const { state, operation, family, model, createdAt, sentAt, sends, finishedAt, spentUsd } = job
  yield* Metric.update(Metric.withAttributes(transitions, { state: state.toLowerCase(), operation }), 1)
  if (state === "SENDING" && sends === 1 && sentAt !== undefined) {
    yield* Metric.update(queueSeconds, Math.max(0, sentAt - createdAt) / 1000)
  }
  if (state !== "SUCCEEDED" && state !== "FAILED") return
  yield* Metric.update(Metric.withAttributes(spend, { model }), spentUsd)
  if (finishedAt === undefined) return
  yield* Metric.update(Metric.withAttributes(jobSeconds, { family }), Math.max(0, finishedAt - createdAt) / 1000)
})

/** Counts failures of the storage; refusals of the ledger's rules are no failures. */
export const countFailure = (error: LedgerError): Effect.Effect<void> =>
  error.isAboutStorage ? Metric.update(Metric.withAttributes(errors, { reason: error.reason._tag }), 1) : Effect.void
