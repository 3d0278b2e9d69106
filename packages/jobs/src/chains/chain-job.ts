import type { Charged, Quote, Task, TaskStatus } from "@klingkit/core"
import { type Job, taskOfRecord } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { ChainRecord, ChainState } from "../ledger/chain-record.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { standingOf } from "./chain-step.ts"

/** A step as people see it. Before it has begun it has no handle. */
export interface ChainStepView {
  readonly id: string
  readonly operation: string
  readonly quote: Quote
  readonly status: TaskStatus | "waiting"
  readonly charged: Charged
  readonly handle?: string
  /** Its results are those of the whole: no other step works on them. */
  readonly isResult: boolean
}

/** What a chain's job shows beside its task. */
export interface ChainView {
  readonly name: string
  readonly quote: Quote
  readonly steps: ReadonlyArray<ChainStepView>
  /** Why a step has failed; it goes on from there when it is resumed. */
  readonly stoppedBy?: string
}

/** Whoever goes on with it may not have seen the end of the last step yet. */
const statusOf = (state: ChainState, steps: ReadonlyArray<ChainStepView>): TaskStatus => {
  if (state === "STOPPED") return "failed"
  if (state === "SUCCEEDED" || steps.every(({ status }) => status === "succeed")) return "succeed"
  return steps.every(({ status }) => status === "waiting") ? "submitted" : "processing"
}

/** A chain in the shape of a job: its results are the films, or whatever else there is, that no step works on further. */
export const jobOfChain = (chain: ChainRecord, jobs: ReadonlyArray<JobRecord>, now: number): Job => {
  const steps = chain.steps.map(({ id, operation, quote }): ChainStepView & { readonly job?: JobRecord } => {
    const standing = standingOf(chain, id, jobs, now)
    const job = "job" in standing ? standing.job : undefined
    const isResult = !chain.steps.some((other) => other.takesFrom.includes(id))
    return {
      id,
      operation,
      quote,
      isResult,
      status: job === undefined ? "waiting" : taskOfRecord(job).status,
      charged: job === undefined ? "no" : chargedFor(job),
      ...(job === undefined ? {} : { handle: job.handle, job })
    }
  })
  const task: Task = {
    id: chain.handle,
    externalId: chain.handle,
    status: statusOf(chain.state, steps),
    ...(chain.message === undefined ? {} : { message: stoppedWords(chain.message, steps) }),
    createdAt: chain.createdAt,
    updatedAt: chain.updatedAt,
    outputs: steps.flatMap(({ isResult, job }) => (isResult && job !== undefined ? filmsOf(job) : [])),
    charges: jobs.flatMap(chargesOf)
  }
  const view: ChainView = {
    name: chain.name,
    quote: chain.quote,
    steps: steps.map(({ job: _job, ...step }) => step),
    ...(chain.state === "STOPPED" ? { stoppedBy: chain.message ?? "" } : {})
  }
  return { handle: chain.handle, task, chain: view }
}

/** Beside the charges of other steps a charge needs its pack, where Kling names none. */
const chargesOf = ({ charges, quote: { pack } }: JobRecord): JobRecord["charges"] =>
  charges.map((charge) => (charge.kind === "unit" && pack !== undefined ? { pack, ...charge } : charge))

/** What a failed task costs is not documented; an answer may say. */
const chargedFor = ({ state, charges }: JobRecord): Charged => {
  if (state === "REFUSED") return "no"
  if (state === "UNKNOWN") return "maybe"
  if (state !== "FAILED") return "yes"
  return charges.length > 0 && charges.every(({ amount }) => amount === 0) ? "no" : "maybe"
}

/** A sound track that Kling makes for a film comes beside the film that has it. */
export const filmsOf = ({ outputs }: JobRecord): JobRecord["outputs"] => {
  const films = outputs.filter(({ type }) => type === "video")
  return films.length > 0 ? films : outputs
}

/** What stopped it, what was paid before, and what is left to do. */
const stoppedWords = (message: string, steps: ReadonlyArray<ChainStepView>): string => {
  const left = steps.filter((step) => !isPaid(step)).map(({ id }) => id)
  return `${message}; paid and kept: ${paidWords(steps) ?? "nothing"}; left: ${left.join(", ")}`
}

/** The failure of a chain whose step has failed; nothing for other jobs. */
export const stepFailure = ({ handle, chain }: Job): JobError | undefined => {
  if (chain?.stoppedBy === undefined) return undefined
  const paid = paidWords(chain.steps)
  const open = chain.steps.find(({ charged }) => charged === "maybe")
  return jobError({
    _tag: "StepFailed",
    taskId: handle,
    detail: chain.stoppedBy,
    ...(paid === undefined ? {} : { paid }),
    ...(open === undefined ? {} : { open: open.status === "unknown" ? "unknown" : "failed" })
  })
}

const isPaid = ({ charged }: ChainStepView): boolean => charged === "yes"

/** `0.05 video units (legacy.tts) and 0.05 video units (legacy.identify-face)`. */
const paidWords = (steps: ReadonlyArray<ChainStepView>): string | undefined => {
  const paid = steps.filter(isPaid)
  return paid.length === 0
    ? undefined
    : paid
        .map(({ quote: { units = "some", pack = "" }, operation }) => `${units} ${pack} units (${operation})`)
        .join(" and ")
}
