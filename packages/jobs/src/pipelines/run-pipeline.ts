import type { KlingError, Plan, Quote } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { Clock, Effect, Result, Schema } from "effect"
import type { JobError } from "../job-error.ts"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, LedgerError, type LedgerErrorReason } from "../ledger/ledger-error.ts"
import { restorePlan, StoredStep } from "@klingkit/core/requests"
import { resolveReferences, type StepResult } from "@klingkit/core/requests"
import { stepStateOf } from "./step-state.ts"

/** One attempt of a step: of all programs that make it, the ledger lets one send it. */
export interface StepKey {
  readonly pipeline: string
  readonly step: string
  readonly key: string
}

type AnyError = KlingError | JobError | LedgerError

/** What a pipeline needs of the jobs. */
export interface StepRunner {
  readonly ledger: Ledger["Service"]
  readonly principal: string
  readonly account: string
  /** Submits a step, unless another program has. */
  readonly submit: (plan: Plan, key: StepKey) => Effect.Effect<unknown, AnyError>
  /** Returns when the state of a running job may have changed. */
  readonly awaitChange: (job: JobRecord) => Effect.Effect<void, AnyError>
}

const decodePlan = Schema.decodeUnknownEffect(Schema.Struct({ steps: Schema.Array(StoredStep) }))

/** Why a step cannot continue, as a message. Failures of the ledger are kept apart: they end this run, not the pipeline. */
type StepFailure = string | LedgerError
type Results = ReadonlyMap<string, StepResult>

/**
 * Runs a pipeline to its end, from any state: it goes through the plan from the start, and each step is a job with an
 * idempotency key, which the ledger creates once. Any number of programs may run the same pipeline, at any time.
 */
export const runPipeline = Effect.fn("Jobs.runPipeline")(function* (
  runner: StepRunner,
  handle: string
): Effect.fn.Return<void, LedgerError> {
  const { pipelines } = runner.ledger
  const pipeline = yield* pipelines.get(handle, runner.principal)
  if (pipeline.state !== "RUNNING") return
  if (pipeline.account !== runner.account) return yield* pipelines.end(pipeline, "STOPPED", otherAccount)
  const plan = yield* Effect.mapError(decodePlan(yield* runner.ledger.input(handle)), ({ message }) =>
    ledgerError({ _tag: "Quarantined", handle, detail: message })
  )
  const results = new Map<string, StepResult>()
  const ends = new Map<string, Effect.Effect<StepResult, StepFailure>>()
  for (const { id, quote, needs } of pipeline.steps) {
    const stored = plan.steps.find((step) => step.id === id)
    if (stored === undefined) continue
    const before = Effect.all(needs.flatMap((need) => ends.get(need) ?? []))
    const step = Effect.andThen(before, runStep(runner, pipeline, { ...stored, quote }, results))
    ends.set(id, yield* Effect.cached(Effect.tap(step, (result) => Effect.sync(() => results.set(id, result)))))
  }
  // Steps that started beside a failed one are followed to their end: they are paid for.
  const all = yield* Effect.forEach(ends.values(), Effect.result, { concurrency: "unbounded" })
  const failed = all.find(Result.isFailure)?.failure
  if (failed instanceof LedgerError) return yield* failed
  yield* failed === undefined ? pipelines.end(pipeline, "SUCCEEDED") : pipelines.end(pipeline, "STOPPED", failed)
})

const otherAccount = "it was started with another Kling key or region, and can continue only with that one"

const runStep = (
  runner: StepRunner,
  pipeline: PipelineRecord,
  step: StoredStep & { readonly quote: Quote },
  results: Results
): Effect.Effect<StepResult, StepFailure> =>
  Effect.gen(function* () {
    let refused: AnyError | undefined
    while (true) {
      const jobs = yield* runner.ledger.pipelines.jobs(pipeline.handle)
      const state = stepStateOf(pipeline, step.id, jobs, yield* Clock.currentTimeMillis)
      switch (state._tag) {
        case "Succeeded":
          return state.result
        case "Failed":
          return yield* Effect.fail(`step ${step.id}: ${refused?.message ?? whyFailed(state.job)}`)
        case "Running":
          yield* runner.awaitChange(state.job).pipe(Effect.mapError((error) => failureOf(step.id, error)))
          break
        case "Pending": {
          // The attempt was not even persisted, or the step would not be pending.
          if (refused !== undefined) return yield* Effect.fail(failureOf(step.id, refused))
          const input = yield* Effect.mapError(
            resolveReferences(step.input, (id) => results.get(id) ?? { outputs: [] }),
            ({ detail }) => `step ${step.id}: ${detail}`
          )
          const key = { pipeline: pipeline.handle, step: step.id, key: state.key }
          refused = yield* restorePlan({ ...step, input }, step.quote).pipe(
            Effect.flatMap((plan) => runner.submit(plan, key)),
            Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
          )
        }
      }
    }
  })

const failureOf = (step: string, error: AnyError): StepFailure =>
  error instanceof LedgerError && storageFailures.includes(error.reason._tag) ? error : `step ${step}: ${error.message}`

/** Failures of the ledger as a whole; all others concern the step. */
const storageFailures: ReadonlyArray<LedgerErrorReason["_tag"]> = [
  "CannotOpen",
  "Locked",
  "ReadOnly",
  "DiskFull",
  "Unreadable",
  "NewerVersion",
  "StorageFailed"
]

const whyFailed = ({ state, message, handle }: JobRecord): string => {
  const detail = message === undefined ? "" : `: ${sanitizeText(message)}`
  switch (state) {
    case "UNKNOWN":
      return `${outcomeUnknown} (${handle})${detail}`
    case "FAILED":
      return `task ${handle} failed at Kling; Kling says: "${sanitizeText(message ?? "")}"`
    default:
      return `it was refused${detail}`
  }
}

/** How a step whose outcome is unknown reads. */
export const outcomeUnknown = "it is unknown whether Kling accepted the request"
