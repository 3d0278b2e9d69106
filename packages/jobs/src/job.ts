import {
  type Charge,
  type KlingError,
  type Plan,
  type Quote,
  type Receipt,
  receiptOf,
  type StoredRequest,
  Task,
  type TaskStatus
} from "@klingkit/core"
import { requestText } from "@klingkit/core/requests"
import { Schema } from "effect"
import type { BudgetState } from "./ledger/budget-state.ts"
import type { CreateResult } from "./ledger/create-job.ts"
import { JobRecord } from "./ledger/job-record.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { type JobState, jobStates } from "./ledger/job-state.ts"
import { type MissingResults, missingResults } from "./ledger/missing-results.ts"
import { type PipelineStepView, PipelineView } from "./pipeline-view.ts"

/** The position of a request that waits for a running task to end: 1 is next. */
export const QueuePosition = Schema.Struct({
  position: Schema.Int,
  /** Estimated from the running tasks; absent when none is known, because other programs use the account. */
  aboutSeconds: Schema.optionalKey(Schema.Finite)
})
export type QueuePosition = typeof QueuePosition.Type

/** What another process may know of a job. */
export const Job = Schema.Struct({
  handle: Schema.String,
  task: Task,
  /** Present where the ledger has it. */
  record: Schema.optionalKey(JobRecord),
  /** Present while the job waits for one of the account's concurrency slots. */
  queuePosition: Schema.optionalKey(QueuePosition),
  /** An identical request was already submitted: this is its job, and nothing was sent again. */
  isDuplicate: Schema.optionalKey(Schema.Boolean),
  /** Of a duplicate: the take that makes another one. */
  nextTake: Schema.optionalKey(Schema.Int),
  /** Why Kling's latest answer about it could not be read: this is what the ledger knew before. */
  unread: Schema.optionalKey(Schema.String),
  /** Of a pipeline: its steps and their states. */
  pipeline: Schema.optionalKey(PipelineView),
  /** Where results can be read that are in the media store, by their position; until when, in milliseconds since 1970. */
  links: Schema.optionalKey(
    Schema.Array(Schema.Struct({ position: Schema.Int, url: Schema.String, expiresAt: Schema.Int }))
  )
})

/**
 * A paid request and its current state. `plan`, which has functions, is present only where it was submitted; so is `takes`,
 * which has each job of a request for several takes: the job itself is the first that was made; and so are `budgetAlerts`, the
 * budgets of which it has used most.
 */
export type Job = typeof Job.Type & {
  readonly plan?: Plan
  readonly takes?: ReadonlyArray<Take>
  readonly budgetAlerts?: ReadonlyArray<BudgetState>
}

/** One of several takes that were asked for at once: its job, or why it was not made; the error says whether it was charged. */
export interface Take {
  readonly take: number
  readonly handle: string
  readonly job?: Job
  readonly error?: KlingError | LedgerError
}

const statusOf: Readonly<Record<JobState, TaskStatus>> = {
  INTENT: "submitted",
  SENDING: "submitted",
  IN_DOUBT: "submitted",
  UNKNOWN: "unknown",
  REFUSED: "failed",
  ACCEPTED: "submitted",
  RUNNING: "processing",
  SUCCEEDED: "succeed",
  FAILED: "failed",
  FETCHED: "succeed"
}

/** The ledger states that a task status stands for. */
export const statesOf = (status: TaskStatus): ReadonlyArray<JobState> =>
  jobStates.filter((state) => statusOf[state] === status)

/** The task as the ledger knows it, without asking Kling. Until Kling has accepted it, its id is the handle. */
export const taskOfRecord = (record: JobRecord): Task => ({
  id: record.taskId ?? record.handle,
  externalId: record.handle,
  status: statusOf[record.state],
  ...(record.state === "UNKNOWN" ? { statusWord: "unknown: it may exist at Kling" } : {}),
  ...(record.message === undefined ? {} : { message: record.message }),
  createdAt: record.createdAt,
  updatedAt: record.finishedAt ?? record.updatedAt,
  outputs: record.outputs,
  charges: record.charges
})

/** The quote of a job, if known. The ledger's comes first: it is that of the request as sent. */
export const quoteOfJob = ({ plan, record, pipeline }: Job): Quote | undefined =>
  record?.quote ?? pipeline?.quote ?? plan?.quote

/** What a job was asked for with, where that is known. */
export const requestOfJob = ({ plan, record, pipeline }: Job): StoredRequest | undefined =>
  record?.request ?? pipeline?.request ?? plan?.request

/** The prompt of a job, or the text that it speaks. */
export const promptOfJob = (job: Job): string | undefined => {
  const request = requestOfJob(job)
  return job.record?.prompt ?? (request === undefined ? undefined : requestText(request))
}

/**
 * Quote and charge of a job, side by side; those of a pipeline are the sum of its steps'. A stopped pipeline costs less, so the
 * quote of a pipeline is only an upper bound of its charges.
 */
export const receiptOfJob = (job: Job): Receipt => {
  const quote = quoteOfJob(job)
  if (job.record?.state === "REFUSED")
    return { ...receiptOf(quote, notCharged), charged: "no, Kling has no task of it" }
  const { pipeline, task } = job
  if (pipeline === undefined) return receiptOf(quote, task)
  const whole = quote === undefined ? undefined : { ...quote, state: "estimate" as const }
  return receiptOf(whole, { status: task.status, charges: pipeline.steps.flatMap(chargesOfStep) })
}

/** What a job that has succeeded still lacks, as far as is known: results, their number or its bill. */
export const missingOf = ({ task, record }: Job): MissingResults | undefined =>
  record === undefined ? undefined : missingResults({ ...record, outputs: task.outputs, charges: task.charges })

/** The same about its results, in one sentence; nothing when all are in, or their number is not known. */
export const missingResultsText = (job: Job): string | undefined => {
  const missing = missingOf(job)?.results
  if (missing === undefined) return undefined
  const later = job.record?.recheckAt === undefined ? "" : "; Kling is asked again, and nothing more is paid"
  return missing.shown === 0
    ? `the task has succeeded and is paid, but Kling does not show its results yet${later}`
    : `Kling shows ${missing.shown} of the ${missing.expected} results that were asked for${later}`
}

/** Kling does not report what its synchronous calls cost, such as the search for faces: their exact quote is what they took. */
export const chargesOfStep = ({ charged, charges = [], quote }: PipelineStepView): ReadonlyArray<Charge> => {
  const { state, units, pack } = quote
  if (charges.length > 0 || charged !== "yes" || state !== "exact" || units === undefined) return charges
  return [{ kind: "unit", amount: units, ...(pack === undefined ? {} : { pack }) }]
}

const notCharged = { status: "failed", charges: [] } as const

export const jobOfRecord = (record: JobRecord): Job => ({ handle: record.handle, task: taskOfRecord(record), record })

/** What a new job has beside itself when it has used most of a budget. */
export const alertsOf = ({ alerts = [] }: Pick<CreateResult, "alerts">): Pick<Job, "budgetAlerts"> =>
  alerts.length === 0 ? {} : { budgetAlerts: alerts.map(({ state }) => state) }

/** What a job has beside itself when a request has found it. */
export const asDuplicate = ({ nextTake }: Pick<Job, "nextTake">): Pick<Job, "isDuplicate" | "nextTake"> => ({
  isDuplicate: true,
  ...(nextTake === undefined ? {} : { nextTake })
})
