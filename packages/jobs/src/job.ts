import { type Plan, type Quote, type Receipt, receiptOf, type Task, type TaskStatus } from "@klingkit/core"
import type { ChainView } from "./chains/chain-job.ts"
import type { JobRecord } from "./ledger/job-record.ts"
import { type JobState, jobStates } from "./ledger/job-state.ts"
import type { QueuePlace } from "./submit/queue-place.ts"

/** A paid request and what became of it. `plan` is known to whoever submitted it, `record` to whoever shares its ledger. */
export interface Job {
  readonly handle: string
  readonly task: Task
  readonly plan?: Plan
  readonly record?: JobRecord
  /** It waits for one of the account's parallel places. */
  readonly place?: QueuePlace
  /** The same request was made a moment ago: this is that job, nothing was sent again. */
  readonly isRepeat?: boolean
  /** Of several steps under one handle: what they are and how they stand. */
  readonly chain?: ChainView
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

/** The ledger's states of the jobs that people know by a task's status. */
export const statesOf = (status: TaskStatus): ReadonlyArray<JobState> =>
  jobStates.filter((state) => statusOf[state] === status)

/** What the ledger knows of a task, without asking Kling. Before Kling has it, its id is the handle. */
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

/** What a job was quoted, as far as anybody knows: the ledger's word is that of the request as it was sent. */
export const quoteOfJob = ({ plan, record, chain }: Job): Quote | undefined =>
  record?.quote ?? chain?.quote ?? plan?.quote

/**
 * Quote and charge of a job, side by side. Not every step of a chain says what it took, and one that has stopped took less:
 * its charges are held to no more than the quote.
 */
export const receiptOfJob = (job: Job): Receipt => {
  const quote = quoteOfJob(job)
  return receiptOf(job.chain === undefined || quote === undefined ? quote : { ...quote, state: "estimate" }, job.task)
}

export const jobOfRecord = (record: JobRecord): Job => ({ handle: record.handle, task: taskOfRecord(record), record })
