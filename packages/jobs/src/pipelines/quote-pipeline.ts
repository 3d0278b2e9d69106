import { type KlingError, type Quote, sumOfQuotes, type TaskStatus } from "@klingkit/core"
import { byReference } from "@klingkit/core/internal"
import {
  dependsOn,
  fingerprintKey,
  onlySteps,
  type PipelinePlan,
  type PipelineStep,
  serializeSteps,
  type StepSelection,
  stepsOf,
  toPlan,
  withTakes
} from "@klingkit/core/requests"
import { Clock, Effect, Struct } from "effect"
import { Account } from "../accounts/account.ts"
import { taskOfRecord } from "../job.ts"
import type { NewPipeline } from "../ledger/create-pipeline.ts"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import { hasExpired, type StepJob } from "../ledger/found-steps.ts"
import type { JobFile, JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"
import { JobsSettings } from "../settings.ts"
import { planFingerprint } from "../submit/spend-gate.ts"
import { stepKeys } from "./step-keys.ts"
import { stepStateOf } from "./step-state.ts"
import { resultSteps, summarizeSteps } from "./summarize-steps.ts"

/** Which pipeline a plan asks for, and what of it is paid. */
export interface PipelineIdentity extends StepSelection {
  /** Chosen by the caller: the same key always finds the same pipeline. */
  readonly idempotencyKey?: string
  /** Which of several identical pipelines this is: 1 unless another one is wanted. */
  readonly take?: number
  /** Starts the next take, unless it was started so and has not succeeded yet. */
  readonly allowDuplicate?: boolean
  /** What identifies the request instead of its steps, such as the line of a file that it is. */
  readonly dedupeBy?: Readonly<Record<string, unknown>>
  /**
   * Each step is found by what it gives and what it takes, also if another pipeline has made it: after an edit only what
   * has changed is paid. Results answer as long as Kling keeps them, 30 days.
   */
  readonly reuseSteps?: boolean
  /** Steps that have failed at Kling are paid again: true unless it says otherwise. Refused ones always are. */
  readonly retryFailed?: boolean
}

/** A step beside what an earlier pipeline has made of it. */
export interface QuotedStep {
  readonly id: string
  readonly operation: string
  readonly quote: Quote
  readonly isResult: boolean
  /** Of its job, if there is one that is not paid again: it has succeeded, runs, or has failed. */
  readonly handle?: string
  readonly status?: TaskStatus
  /** What it has saved on this machine. */
  readonly files?: ReadonlyArray<JobFile>
}

/** What a pipeline will pay now. */
export interface PipelineQuote {
  readonly quote: Quote
  readonly steps: ReadonlyArray<QuotedStep>
  /** Of the pipeline that is this one. */
  readonly handle?: string
}

/** A pipeline before it is created or found. `unpaid` is what of the plan will be paid. */
export interface PipelineRequest {
  readonly newPipeline: NewPipeline
  readonly plan: PipelinePlan
  readonly unpaid: PipelinePlan
  /** By step: its job, which is not paid again. */
  readonly made: ReadonlyMap<string, JobRecord>
  readonly earlier?: PipelineRecord
  /** Beside `earlier`: the take that would be another one. */
  readonly nextTake?: number
  /** What is paid was not in the quote that was approved when the pipeline was created. */
  readonly isUnapproved: boolean
}

/** What a plan asks for under a handle: the pipeline that is it already, or the steps that others have made. */
export const requestPipeline = Effect.fnUntraced(function* (
  whole: PipelinePlan,
  handle: string,
  options: PipelineIdentity
): Effect.fn.Return<PipelineRequest, KlingError | LedgerError, Account | Ledger | JobsSettings> {
  const account = yield* Account.use(({ current }) => current)
  const { pipelines } = yield* Ledger
  const { principal, limits, budgetLine } = yield* JobsSettings
  const { take = 1, reuseSteps = false, allowDuplicate, idempotencyKey, retryFailed = true } = options
  const all = yield* withTakes(whole, options.stepTakes)
  const plan = yield* onlySteps(all, options.only)
  const asOne = toPlan(plan)
  const { operation, input, references } = asOne
  const scope = { take, ...(allowDuplicate === true ? { apart: handle } : {}) }
  const keys: ReadonlyMap<string, string> = reuseSteps ? yield* stepKeys(all.steps, scope) : new Map()
  const linkedKeys: ReadonlyMap<string, string> =
    reuseSteps && references !== undefined ? yield* stepKeys(all.steps.map(byLink), scope) : keys
  const otherKeys: ReadonlyMap<string, string> =
    reuseSteps && all.steps.some(({ plan: { otherPath } }) => otherPath !== undefined)
      ? yield* stepKeys(all.steps.map(onOtherPath), scope)
      : keys
  const newPipeline: NewPipeline = {
    handle,
    principal,
    ...(budgetLine === undefined ? {} : { budgetLine }),
    account,
    name: plan.name,
    fingerprint: yield* fingerprintOf(operation.id, options.dedupeBy ?? byReference(input, references)),
    ...(references === undefined || options.dedupeBy !== undefined
      ? {}
      : { linkedFingerprint: yield* fingerprintOf(operation.id, input) }),
    take,
    approvalFingerprint: yield* planFingerprint(asOne),
    quote: plan.quote,
    steps: summarizeSteps(plan.steps, keys),
    plan: { steps: serializeSteps(plan.steps) },
    limits,
    ...(whole.request === undefined ? {} : { request: whole.request }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(allowDuplicate === undefined ? {} : { allowDuplicate })
  }
  const { pipeline: earlier, ...same } = (yield* pipelines.find(newPipeline)) ?? {}
  const found =
    earlier === undefined
      ? foundSteps(
          plan,
          [keys, linkedKeys, otherKeys],
          yield* pipelines.findSteps({ principal, account }, [
            ...keys.values(),
            ...linkedKeys.values(),
            ...otherKeys.values()
          ]),
          retryFailed,
          yield* Clock.currentTimeMillis
        )
      : yield* madeSteps(plan, resumed(earlier, retryFailed))
  const unpaid = unpaidOf(plan, found.made)
  const paid = { ...asOne, input: { [fingerprintKey]: plan.name, steps: serializeSteps(unpaid.steps) } }
  return {
    ...found,
    plan,
    unpaid,
    newPipeline: {
      ...newPipeline,
      quote: unpaid.quote,
      found: new Map(Array.from(found.made, ([id, job]) => [id, job.handle])),
      ...(found.made.size === 0 ? {} : { approvalFingerprint: yield* planFingerprint(paid) })
    },
    ...(earlier === undefined ? {} : { earlier }),
    ...same,
    isUnapproved: found.isUnapproved && (earlier === undefined || reuseSteps)
  }
})

/** The quote of a request, with what is already made. */
export const quoteOfRequest = ({ plan, newPipeline, unpaid, made, earlier }: PipelineRequest): PipelineQuote => ({
  quote: unpaid.quote,
  steps: plan.steps.map(({ id, plan: { operation, quote } }) => {
    const job = made.get(id)
    return {
      id,
      operation: operation.id,
      quote,
      isResult: resultSteps(newPipeline.steps).has(id),
      ...(job === undefined ? {} : { handle: job.handle, status: taskOfRecord(job).status, files: job.files })
    }
  }),
  ...(earlier === undefined ? {} : { handle: earlier.handle })
})

/** A step as it was keyed before results were known by their handles. */
const byLink = ({ plan, ...step }: PipelineStep): PipelineStep => ({ ...step, plan: Struct.omit(plan, ["references"]) })

/** A stopped pipeline as it will be once it has been resumed. */
const resumed = (pipeline: PipelineRecord, retryFailed: boolean, repeatUnknown = false): PipelineRecord => {
  if (pipeline.state !== "STOPPED") return pipeline
  const resumes = pipeline.resumes + 1
  return {
    ...pipeline,
    resumes,
    ...(retryFailed ? { retriesFailed: resumes } : {}),
    ...(repeatUnknown ? { repeatsUnknown: resumes } : {})
  }
}

/** A step as it may also be sent, such as with the other kind of the account's credentials. */
const onOtherPath = ({ plan, ...step }: PipelineStep): PipelineStep => ({
  ...step,
  plan: { ...plan, ...plan.otherPath }
})

/** What a stopped pipeline pays when it is resumed, if the approval that it was started with did not count that. */
export const unquotedByResume = Effect.fnUntraced(function* (
  pipeline: PipelineRecord,
  repeatUnknown: boolean
): Effect.fn.Return<Quote | undefined, LedgerError, Ledger> {
  if (pipeline.state !== "STOPPED") return undefined
  const { made, isUnapproved } = yield* madeSteps(pipeline, resumed(pipeline, true, repeatUnknown))
  return isUnapproved
    ? sumOfQuotes(pipeline.steps.flatMap(({ id, quote }) => (made.has(id) ? [] : [quote])))
    : undefined
})

type Made = Pick<PipelineRequest, "made" | "isUnapproved">

/** The steps of a pipeline that have jobs which are not paid again. */
const madeSteps = Effect.fnUntraced(function* (
  { steps }: { readonly steps: ReadonlyArray<{ readonly id: string }> },
  pipeline: PipelineRecord
): Effect.fn.Return<Made, LedgerError, Ledger> {
  const jobs = yield* Ledger.use((ledger) => ledger.pipelines.jobs(pipeline.handle))
  const now = yield* Clock.currentTimeMillis
  const made = new Map<string, JobRecord>()
  let isUnapproved = false
  for (const { id } of steps) {
    const state = stepStateOf(pipeline, id, jobs, now)
    if ("job" in state) made.set(id, state.job)
    else isUnapproved ||= jobs.some((job) => job.step === id && wasUnquoted(job))
  }
  return { made, isUnapproved }
})

/** It may have been charged before, or was expected to cost nothing. */
const wasUnquoted = ({ state, found }: StepJob): boolean =>
  state === "FAILED" || state === "UNKNOWN" || found?.isQuoted === false

/** What others have made. The faces of a session that has ended count only for steps that are made themselves. */
const foundSteps = (
  { steps }: PipelinePlan,
  keys: ReadonlyArray<ReadonlyMap<string, string>>,
  candidates: ReadonlyMap<string, JobRecord>,
  retryFailed: boolean,
  now: number
): Made => {
  const made = new Map<string, JobRecord>()
  const needed = new Set<string>()
  for (const { id, plan } of steps.toReversed()) {
    const [job] = keys.flatMap((one) => candidates.get(one.get(id) ?? "") ?? [])
    const isUsable = job !== undefined && !(needed.has(id) && hasExpired(job, now))
    if (isUsable && !(retryFailed && job.state === "FAILED")) made.set(id, job)
    else for (const source of dependsOn(plan.input)) needed.add(source)
  }
  return { made, isUnapproved: true }
}

/** What of a plan is not made, at its price. */
const unpaidOf = (plan: PipelinePlan, made: ReadonlyMap<string, unknown>): PipelinePlan => {
  const unpaid = stepsOf(plan, (id) => !made.has(id))
  return unpaid.steps.length > 0
    ? unpaid
    : { ...unpaid, quote: { ...unpaid.quote, rule: "every step is already made" } }
}
