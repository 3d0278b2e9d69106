import type { JobMoney, NextStep } from "@klingkit/core"
import { moneyOfUnread, moneyText, sanitizeText } from "@klingkit/core/internal"
import { type Job, moneyOfJob, totalMoney } from "@klingkit/jobs"
import { exitCode } from "./exit-code.ts"
import type { Failure } from "./failure.ts"
import { nextStepText } from "./next-step.ts"

/** A job of the command that was interrupted. */
export interface NamedJob {
  readonly handle: string
  /** Of a command that has several. */
  readonly kind?: "line" | "take" | "task"
  /** The id of a line, or what a task was given as; that of a take is its number. */
  readonly id?: string
  /** What is known of it by now; absent where the ledger could not be read, or does not have it. */
  readonly job?: Job | undefined
}

/** One of several jobs at Ctrl+C. */
export interface InterruptedJob extends Pick<JobMoney, "handle" | "charged" | "chargedUsd" | "maxChargedUsd"> {
  /** The id of a line, the number of a take. */
  readonly id: string
  /** What has become of it, in words. */
  readonly state: string
  readonly next: NextStep
}

const about = { code: "CLI_INTERRUPTED", exitCode: exitCode.interrupted } as const

const again = "run the same command again: what was sent is found and not charged again"

/** Ctrl+C, told of the jobs that the command has made or found: a task that Kling has keeps running. */
export const interrupted = (jobs: ReadonlyArray<NamedJob> = [], notStarted = 0): Failure => {
  const [first] = jobs
  if (first === undefined) {
    return { ...about, message: "interrupted", suggestion: "run the command again", charged: "no" }
  }
  return first.kind === undefined ? interruptedJob(first) : interruptedJobs(jobs, first.kind, notStarted)
}

const interruptedJob = ({ handle, job }: NamedJob): Failure => {
  const money = moneyOf({ handle, job })
  const shown = sanitizeText(handle, 80)
  return {
    ...about,
    message: `interrupted; ${job?.pipeline === undefined ? "task" : "pipeline"} ${shown} ${stateOf(job)}`,
    suggestion:
      job?.pipeline === undefined
        ? `find it with: klingkit task get ${shown}`
        : `continue with: klingkit task wait ${shown}`,
    charged: money.charged,
    job: money,
    handle,
    next: nextOf(money)
  }
}

const interruptedJobs = (jobs: ReadonlyArray<NamedJob>, kind: string, notStarted: number): Failure => {
  const moneys = jobs.map(moneyOf)
  const whole = totalMoney(moneys)
  const tasks = jobs.map((one, index): InterruptedJob => {
    const money = moneys[index] ?? moneyOf(one)
    const { isSent: _sent, isEnded: _ended, ...known } = money
    return { id: idOf(one), ...known, state: stateOf(one.job), next: nextOf(money) }
  })
  const rest = notStarted === 0 ? "" : `; not started: ${notStarted}`
  return {
    ...about,
    message: `interrupted; jobs that were started or found: ${tasks.length}${rest}`,
    suggestion: again,
    charged: whole.charged,
    money: whole,
    tasks,
    lines: [
      `interrupted${rest}; what was started or found:`,
      ...tasks.map(
        (task) =>
          `${kind} ${task.id}: ${sanitizeText(task.handle, 80)} ${task.state}; charged: ${moneyText(task)}; ${nextText(task)}`
      )
    ]
  }
}

const idOf = ({ id, job }: NamedJob): string => id ?? String(job?.record?.take ?? 1)

const moneyOf = ({ handle, job }: NamedJob): JobMoney => (job === undefined ? moneyOfUnread(handle) : moneyOfJob(job))

const nextOf = ({ handle, isEnded }: JobMoney): NextStep =>
  isEnded ? { _tag: "CheckStatus", handle } : { _tag: "Wait", handle }

const nextText = ({ handle, next }: InterruptedJob): string =>
  next._tag === "CheckStatus" ? `see it with: klingkit task get ${sanitizeText(handle, 80)}` : nextStepText(next)

/** What has become of a job, as far as is known at Ctrl+C. */
const stateOf = (job: Job | undefined): string => {
  if (job === undefined) return "keeps running at Kling if Kling received the request"
  const { task, record, pipeline } = job
  if (task.status === "failed" || task.status === "succeed")
    return record?.state === "REFUSED" ? "was not accepted by Kling" : `has ended: ${task.status}`
  if (pipeline !== undefined) return "stops after its current step, which keeps running at Kling; later steps wait"
  // The row that a request began with says less than its task.
  if (task.id !== job.handle) return "keeps running at Kling"
  switch (record?.state) {
    case "INTENT":
      return "was not sent yet; its price is reserved"
    case "UNKNOWN":
      return "may be at Kling: its answer was lost"
    case "ACCEPTED":
    case "RUNNING":
      return "keeps running at Kling"
    default:
      return "keeps running at Kling if Kling received the request"
  }
}
