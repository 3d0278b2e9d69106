import type { Charge } from "@klingkit/core"
import { Effect } from "effect"
import * as fc from "fast-check"
import type { DaySpend } from "../day-spend.ts"
import type { JobRecord } from "../job-record.ts"
import { type JobState, jobStates, maxSends, sendsDelta } from "../job-state.ts"
import type { Ledger } from "../ledger.ts"
import type { PipelineRecord } from "../pipeline-record.ts"
import type { JobChanges } from "../transition-job.ts"
import { sampleJob } from "./sample-job.ts"

const lease = { owner: "this-process", fence: 1 }

/** Moves a job along a path of states; `changes` come with the last. */
export const advanceJob = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  { handle }: Pick<JobRecord, "handle">,
  path: ReadonlyArray<JobState>,
  changes: JobChanges = {}
) {
  let from: JobState = "INTENT"
  for (const [index, to] of path.entries()) {
    yield* ledger.transition(handle, [from], to, { lease, ...(index === path.length - 1 ? changes : {}) })
    from = to
  }
})

interface ModelJob {
  readonly handle: string
  readonly cents: number
  state: JobState
  sends: number
  /** What Kling has charged, or of a call without a bill its quote. */
  billed?: number
  readonly step?: ModelStep
}

interface ModelStep {
  readonly id: string
  readonly cents: number
  readonly pipeline: ModelPipeline
  /** The job that makes it, perhaps another pipeline's. */
  job?: ModelJob | undefined
}

interface ModelPipeline {
  record: PipelineRecord
  readonly steps: ReadonlyArray<ModelStep>
  /** Cents. */
  reserved: number
  isRunning: boolean
}

const moves = ["move", "move", "move", "move", "move", "move"] as const
const actions = ["create", "takes", "pipeline", "step", "step", ...moves, "bill", "end", "resume"] as const

const action = fc.record({
  kind: fc.constantFrom(...actions),
  /** Which job, pipeline or state it concerns. */
  pick: fc.nat(1000),
  cents: fc.integer({ min: 1, max: 30 }).map((units) => units * 14),
  isBilled: fc.boolean()
})
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

export interface ExpectedSpend {
  readonly scope: { readonly principal: string; readonly account: string }
  readonly parts: Pick<DaySpend, "chargedUsd" | "reservedUsd" | "unknownUsd">
  readonly usedUsd: number
}

type Check = (expected: ExpectedSpend) => Effect.Effect<void, unknown>

/** Drawn histories of requests and pipelines, each with a number, and what the ledger should say after each step of them. */
export const drawnHistories = (count: number) =>
  fc.sample(fc.array(action, { minLength: 40, maxLength: 80 }), { seed: 1, numRuns: count }).map((history, number) => {
    const run = (ledger: Ledger["Service"], check: Check) => runHistory(ledger, history, check)
    return [number, run] as const
  })

const scope = { principal: "local", account: "account-1" }
const units = (cents: number): ReadonlyArray<Charge> => [{ kind: "unit", amount: cents / 14, pack: "video" }]
const quoteOf = (cents: number) => ({ ...sampleJob().quote, units: cents / 14, priceUsd: cents / 100 })
const sum = (cents: ReadonlyArray<number>): number => cents.reduce((total, each) => total + each, 0)

const runHistory = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  history: ReadonlyArray<Action>,
  check: Check
) {
  const jobs: Array<ModelJob> = []
  const pipelines: Array<ModelPipeline> = []
  for (const [number, next] of history.entries()) {
    yield* takeStep(ledger, jobs, pipelines, next, number)
    yield* check(expectedOf(jobs, pipelines))
  }
})

const expectedOf = (jobs: ReadonlyArray<ModelJob>, pipelines: ReadonlyArray<ModelPipeline>): ExpectedSpend => {
  const centsOf = (belongs: (job: ModelJob) => boolean) => sum(jobs.filter(belongs).map(({ cents }) => cents))
  const isOpen = ({ state, billed }: ModelJob) => state !== "REFUSED" && billed === undefined
  const isUnclear = ({ state }: ModelJob) => state === "UNKNOWN" || state === "FAILED"
  const charged = sum(jobs.map(({ billed = 0 }) => billed))
  const unknown = centsOf((job) => isOpen(job) && isUnclear(job))
  const reserved = centsOf((job) => isOpen(job) && !isUnclear(job)) + sum(pipelines.map((each) => each.reserved))
  const parts = { chargedUsd: charged / 100, reservedUsd: reserved / 100, unknownUsd: unknown / 100 }
  return { scope, parts, usedUsd: (charged + reserved + unknown) / 100 }
}

const takeStep = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  jobs: Array<ModelJob>,
  pipelines: Array<ModelPipeline>,
  { kind, pick, cents, isBilled }: Action,
  number: number
) {
  const picked = <A>(of: ReadonlyArray<A>): A | undefined => of[pick % of.length]
  const quote = quoteOf(cents)
  switch (kind) {
    case "create": {
      const { job } = yield* ledger.createJob(sampleJob({ quote }))
      return void jobs.push({ handle: job.handle, cents, state: "INTENT", sends: 0 })
    }
    case "takes": {
      const first = sampleJob({ quote })
      const second = { ...first, handle: sampleJob().handle, take: 2 }
      const made = yield* ledger.createTakes([first, second])
      return void jobs.push(...made.map(({ job }) => ({ handle: job.handle, cents, state: job.state, sends: 0 })))
    }
    case "pipeline":
      return void pipelines.push(yield* createPipeline(ledger, number, cents))
    case "step": {
      const open = pipelines.filter(({ isRunning }) => isRunning).flatMap(({ steps }) => steps)
      const step = picked(open.filter(({ job }) => job === undefined || job.state === "REFUSED"))
      return step === undefined ? undefined : yield* startStep(ledger, jobs, step, number)
    }
    case "move": {
      const job = picked(jobs)
      const to = job && picked(jobStates.filter((state) => (maxSends(job.state, state) ?? -1) >= job.sends))
      return job === undefined || to === undefined
        ? undefined
        : yield* moveJob(ledger, job, to, isBilled ? cents : undefined)
    }
    case "bill": {
      const job = picked(
        jobs.filter(({ state, billed }) => billed === undefined && (state === "SUCCEEDED" || state === "FETCHED"))
      )
      if (job === undefined) return
      yield* ledger.addLateResults(job.handle, { outputs: [], charges: units(cents) })
      job.billed = cents
      return
    }
    case "end": {
      const pipeline = picked(pipelines.filter(({ isRunning }) => isRunning))
      if (pipeline === undefined) return
      yield* ledger.pipelines.end(pipeline.record, "STOPPED", "a step has failed")
      return void Object.assign(pipeline, { reserved: 0, isRunning: false })
    }
    case "resume": {
      const pipeline = picked(pipelines.filter(({ isRunning }) => !isRunning))
      if (pipeline === undefined) return
      pipeline.record = yield* ledger.pipelines.resume(pipeline.record, { repeatUnknown: isBilled })
      pipeline.isRunning = true
      const isRetried = ({ state }: ModelJob) =>
        state === "REFUSED" || state === "FAILED" || (state === "UNKNOWN" && isBilled)
      const unpaid = pipeline.steps.filter(({ job }) => job === undefined || isRetried(job))
      for (const step of unpaid) step.job = undefined
      pipeline.reserved = sum(unpaid.map((step) => step.cents))
      return
    }
  }
})

/** Two steps; the second has a key that other pipelines of the same price share. */
const createPipeline = Effect.fnUntraced(function* (ledger: Ledger["Service"], number: number, cents: number) {
  const step = { operation: "new.t2v.kling-3.0", quote: quoteOf(cents), takesFrom: [], needs: [] }
  const { pipeline: record } = yield* ledger.pipelines.create({
    handle: `kk-chain-8${String(number).padStart(25, "0")}`,
    ...scope,
    name: "two videos",
    fingerprint: `history ${number}`,
    quote: quoteOf(2 * cents),
    steps: [
      { id: "own", ...step },
      { id: "shared", ...step, key: `shared-${cents % 3}` }
    ],
    plan: { steps: [] }
  })
  const steps: Array<ModelStep> = []
  const pipeline: ModelPipeline = { record, steps, reserved: 2 * cents, isRunning: true }
  steps.push({ id: "own", cents, pipeline }, { id: "shared", cents, pipeline })
  return pipeline
})

/** A new job, or that of another pipeline: either way the step is no longer part of the reservation. */
const startStep = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  jobs: Array<ModelJob>,
  step: ModelStep,
  number: number
) {
  const { pipeline, cents, id } = step
  const { handle, resumes } = pipeline.record
  const key = pipeline.record.steps.find((each) => each.id === id)?.key
  const partOf = { pipeline: handle, step: id, resume: resumes, ...(key === undefined ? {} : { key }) }
  const idempotencyKey = `${handle}/${id}/${number}`
  const { job, isNew } = yield* ledger.createJob(sampleJob({ quote: quoteOf(cents), partOf, idempotencyKey }))
  const made = isNew ? undefined : jobs.find((other) => other.handle === job.handle)
  step.job = made ?? { handle: job.handle, cents, state: "INTENT", sends: 0, step }
  if (made === undefined) jobs.push(step.job)
  pipeline.reserved = Math.max(0, pipeline.reserved - cents)
})

const moveJob = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  job: ModelJob,
  to: JobState,
  bill: number | undefined
) {
  const isCall = job.state === "SENDING" && to === "SUCCEEDED"
  const ends = !isCall && (to === "SUCCEEDED" || to === "FAILED")
  const changes = {
    ...(isCall ? { answer: { text: "a fox" } } : {}),
    ...(ends && bill !== undefined ? { charges: units(bill) } : {})
  }
  yield* ledger.transition(job.handle, [job.state], to, to === "FETCHED" ? {} : { lease, ...changes })
  Object.assign(job, { state: to, sends: job.sends + sendsDelta(to) })
  if (isCall) job.billed = job.cents
  else if (ends && bill !== undefined) job.billed = bill
  const { pipeline } = job.step ?? {}
  // A pipeline that still runs may need the price of a refused step again.
  if (to === "REFUSED" && pipeline?.isRunning === true) pipeline.reserved += job.cents
})
