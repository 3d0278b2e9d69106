import type { KlingError, Quote } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { resolveReferences, restorePlan, type StepResult, StoredStep } from "@klingkit/core/requests"
import { Clock, Effect, type Latch, Result, Schema } from "effect"
import { Account } from "../accounts/account.ts"
import type { JobError } from "../job-error.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, LedgerError, type LedgerErrorReason } from "../ledger/ledger-error.ts"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"
import type { Polling } from "../polling/polling.ts"
import { JobsSettings } from "../settings.ts"
import type { Submission } from "../submit/submission.ts"
import { awaitChange, submitStep } from "./step-jobs.ts"
import { stepStateOf } from "./step-state.ts"

type StepNeeds = Ledger | Polling | Submission
type AnyError = KlingError | JobError | LedgerError

const decodePlan = Schema.decodeUnknownEffect(Schema.Struct({ steps: Schema.Array(StoredStep) }))

/** Why a step cannot continue, as a message. Failures of the ledger are kept apart: they end this run, not the pipeline. */
type StepFailure = string | LedgerError
type Results = ReadonlyMap<string, StepResult>

/**
 * Runs a pipeline to its end, from any state: it goes through the plan from the start, and each step is a job with an
 * idempotency key, which the ledger creates once. Any number of programs may run the same pipeline, at any time. `allSent`
 * opens once the last step is sent.
 */
export const runPipeline = Effect.fn("Jobs.runPipeline")(function* (
  handle: string,
  allSent: Latch.Latch
): Effect.fn.Return<void, LedgerError, StepNeeds | Account | JobsSettings> {
  const ledger = yield* Ledger
  const { pipelines } = ledger
  const pipeline = yield* pipelines.get(handle, (yield* JobsSettings).principal)
  if (pipeline.state !== "RUNNING") return
  const isOwn = yield* Account.use((account) => account.isOwn(pipeline.account))
  if (!isOwn) return yield* pipelines.end(pipeline, "STOPPED", otherAccount)
  const plan = yield* Effect.mapError(decodePlan(yield* ledger.input(handle)), ({ message }) =>
    ledgerError({ _tag: "Quarantined", handle, detail: message })
  )
  const results = new Map<string, StepResult>()
  const ends = new Map<string, Effect.Effect<StepResult, StepFailure, StepNeeds>>()
  for (const { id, quote, needs, key } of pipeline.steps) {
    const stored = plan.steps.find((step) => step.id === id)
    if (stored === undefined) continue
    const before = Effect.all(needs.flatMap((need) => ends.get(need) ?? []))
    const sent = id === pipeline.steps.at(-1)?.id ? allSent.open : Effect.void
    const step = Effect.andThen(before, runStep(pipeline, { ...stored, quote, key }, results, sent))
    ends.set(id, yield* Effect.cached(Effect.tap(step, (result) => Effect.sync(() => results.set(id, result)))))
  }
  // Steps that started beside a failed one are followed to their end: they are paid for.
  const all = yield* Effect.forEach(ends.values(), Effect.result, { concurrency: "unbounded" })
  const failed = all.find(Result.isFailure)?.failure
  if (failed instanceof LedgerError) return yield* failed
  yield* failed === undefined ? pipelines.end(pipeline, "SUCCEEDED") : pipelines.end(pipeline, "STOPPED", failed)
})

const otherAccount = "it was started with another Kling account, or with a key that is not known to be of this one"

const runStep = (
  pipeline: PipelineRecord,
  step: StoredStep & { readonly quote: Quote; readonly key: string | undefined },
  results: Results,
  sent: Effect.Effect<unknown>
): Effect.Effect<StepResult, StepFailure, StepNeeds> => {
  const submit = Effect.fnUntraced(function* (key: string) {
    const input = yield* Effect.mapError(
      resolveReferences(step.input, (id) => results.get(id) ?? { outputs: [] }),
      ({ detail }) => `step ${step.id}: ${detail}`
    )
    const found = step.key === undefined ? {} : { key: step.key, resume: pipeline.resumes }
    const attempt = { partOf: { pipeline: pipeline.handle, step: step.id, ...found }, key }
    return yield* restorePlan({ ...step, input }, step.quote).pipe(
      Effect.flatMap((plan) => submitStep(plan, attempt)),
      Effect.andThen(sent),
      Effect.match({ onFailure: (error) => error, onSuccess: () => undefined })
    )
  })
  /** One look at the state, and what it asks for. `refused`: why the last attempt was not submitted. */
  const advance = (refused?: AnyError): Effect.Effect<StepResult, StepFailure, StepNeeds> =>
    Effect.gen(function* () {
      const jobs = yield* Ledger.use((ledger) => ledger.pipelines.jobs(pipeline.handle))
      const state = stepStateOf(pipeline, step.id, jobs, yield* Clock.currentTimeMillis)
      switch (state._tag) {
        case "Succeeded":
          return state.result
        case "Failed":
          return yield* Effect.fail(`step ${step.id}: ${refused?.message ?? whyFailed(state.job)}`)
        case "Running":
          yield* awaitChange(state.job).pipe(Effect.mapError((error) => failureOf(step.id, error)))
          return yield* advance(refused)
        case "Pending":
          // The attempt was not even persisted, or the step would not be pending.
          if (refused !== undefined) return yield* Effect.fail(failureOf(step.id, refused))
          return yield* advance(yield* submit(state.key))
      }
    })
  return advance()
}

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
  "NotResponding",
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
