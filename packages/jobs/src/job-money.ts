import { type Charge, type Charged, isFinished, type JobMoney, maxUsd, type Quote } from "@klingkit/core"
import { chargedUsd } from "@klingkit/core/internal"
import { chargesOfStep, type Job, jobOfRecord, quoteOfJob } from "./job.ts"
import type { JobRecord } from "./ledger/job-record.ts"
import { isFinishedState } from "./ledger/job-state.ts"
import type { PipelineStepView, PipelineView } from "./pipeline-view.ts"

/** What is known of the money of a job: whatever ends, in whichever face, says this. */
export const moneyOfJob = (job: Job): JobMoney =>
  job.pipeline === undefined ? moneyOfTask(job) : moneyOfSteps(job, job.pipeline)

export const moneyOfRecord = (record: JobRecord): JobMoney => moneyOfJob(jobOfRecord(record))

const moneyOfTask = (job: Job): JobMoney => {
  const { handle, task, record } = job
  const quote = quoteOfJob(job)
  const charges = task.charges.length > 0 ? task.charges : (record?.charges ?? [])
  // A row that was read before its request was sent says less than the task.
  const isAtKling = task.id !== handle || isFinished(task) || task.status === "processing"
  const isRefused = record?.state === "REFUSED"
  const isSent = isAtKling ? !isRefused : record === undefined || (record.state !== "INTENT" && !isRefused)
  const isEnded = isFinished(task) || (record !== undefined && isFinishedState(record.state))
  // One that was not sent yet may be at any moment, by this process or the next.
  const charged = isRefused ? "no" : chargedOf(charges, task.status)
  return { handle, isSent, isEnded, charged, ...amountsOf(charged, charges, quote) }
}

/** Kling reports charges at the end, if at all, and does not document what a failed task costs. */
const chargedOf = (charges: ReadonlyArray<Charge>, status: Job["task"]["status"]): Charged => {
  if (charges.some(({ amount }) => amount > 0)) return "yes"
  if (status === "succeed") return charges.length > 0 ? "no" : "yes"
  return status === "failed" && charges.length > 0 ? "no" : "maybe"
}

const amountsOf = (charged: Charged, charges: ReadonlyArray<Charge>, quote: Quote | undefined) => {
  if (charged === "no") return {}
  const usd = charged === "yes" ? chargedUsd(charges, quote) : undefined
  const most = charged === "maybe" && quote !== undefined ? maxUsd(quote) : undefined
  return {
    ...(usd === undefined ? {} : { chargedUsd: rounded(usd) }),
    ...(most === undefined ? {} : { maxChargedUsd: most })
  }
}

/** Of a pipeline: the sum of its steps. What an earlier pipeline has paid for is not charged to this one. */
const moneyOfSteps = ({ handle, task }: Job, { steps }: PipelineView): JobMoney => {
  const isEnded = isFinished(task)
  return { ...totalMoney(steps.map((step) => moneyOfStep(step, isEnded))), handle, isEnded }
}

/** A step that is not sent yet may be at any moment, until its pipeline has ended. */
const moneyOfStep = (step: PipelineStepView, isOver: boolean): JobMoney => {
  const { id, status, quote, isFound = false } = step
  const charged = status === "waiting" && !isOver ? "maybe" : step.charged
  const isSent = status !== "waiting" && !isFound
  return {
    handle: step.handle ?? id,
    isSent,
    isEnded: isOver,
    charged,
    ...amountsOf(charged, chargesOfStep(step), quote)
  }
}

/** What is known of the money of several jobs, as a whole. */
export const totalMoney = (jobs: ReadonlyArray<JobMoney>): Omit<JobMoney, "handle"> => {
  const paid = jobs.filter(({ charged }) => charged === "yes")
  const open = jobs.filter(({ charged, maxChargedUsd }) => charged === "maybe" || maxChargedUsd !== undefined)
  const chargedTotal = total(paid.map(({ chargedUsd: usd }) => usd))
  const openTotal = total(open.map(({ maxChargedUsd }) => maxChargedUsd))
  return {
    isSent: jobs.some(({ isSent }) => isSent),
    isEnded: jobs.every(({ isEnded }) => isEnded),
    charged: paid.length > 0 ? "yes" : open.length > 0 ? "maybe" : "no",
    ...(paid.length === 0 || chargedTotal === undefined ? {} : { chargedUsd: chargedTotal }),
    ...(open.length === 0 || openTotal === undefined ? {} : { maxChargedUsd: openTotal })
  }
}

const total = (amounts: ReadonlyArray<number | undefined>): number | undefined =>
  amounts.reduce((sum, usd) => (sum === undefined || usd === undefined ? undefined : rounded(sum + usd)), 0)

// Sums of tenths drift in binary.
const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6
