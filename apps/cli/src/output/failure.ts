import { type Charged, type JobMoney, KlingError, type NextStep, type Problem, type Receipt } from "@klingkit/core"
import { adviceOf, moneyText, nameProblem, sanitizeText, variableOf, withOutcome } from "@klingkit/core/internal"
import { type Job, JobError, LedgerError, moneyOfJob } from "@klingkit/jobs"
import { Cause, Data } from "effect"
import { CliError } from "effect/cli"
import { type ExitCode, exitCode } from "./exit-code.ts"
import { nextStepText } from "./next-step.ts"

/** A failure as it is printed. `code` is stable; `charged` is about money, not about success. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly suggestion: string
  readonly charged: Charged
  readonly exitCode: ExitCode
  readonly problems?: ReadonlyArray<Problem>
  /** The problems as sentences, printed in place of the message where there are several. */
  readonly lines?: ReadonlyArray<string>
  /** The suggestion as data. */
  readonly next?: NextStep
  /** The handle of the task, where there may be one. */
  readonly handle?: string
  /** What is known of the money of the job in question. */
  readonly job?: JobMoney
  /** The tasks of a batch that may be running. */
  readonly tasks?: ReadonlyArray<LineTask>
  /** Quote and charge of a failed task, as text. */
  readonly receipt?: Receipt
  /** The task in question, as `task get --json` shows it. */
  readonly task?: unknown
}

/** A failure that a command detected itself. */
export class CommandError extends Data.TaggedError("CommandError")<{ readonly failure: Failure }> {}

export const usageError = (problems: ReadonlyArray<Problem>): CommandError => {
  const lines = problems.map(problemLine)
  return new CommandError({
    failure: {
      code: "CLI_USAGE",
      message: lines.join("; "),
      suggestion: "correct the command; nothing was sent",
      charged: "no",
      exitCode: exitCode.usage,
      problems,
      lines
    }
  })
}

/** Turns every error into a message and an exit code. */
export const failureOf = (cause: Cause.Cause<unknown>): Failure => {
  if (Cause.hasInterruptsOnly(cause)) return interrupted()
  const error = Cause.squash(cause)
  if (error instanceof CommandError) return error.failure
  if (error instanceof KlingError) return klingFailure(error)
  if (error instanceof JobError) return jobFailure(error)
  if (error instanceof LedgerError) return ledgerFailure(error)
  if (CliError.isCliError(error)) return usageError([{ field: "", message: error.message }]).failure
  return bug(error)
}

/** What was running at Ctrl+C: a task, accepted or not, a pipeline, or a paid call that cannot be looked up. */
export type RunningWork =
  | { readonly handle: string; readonly isAccepted: boolean }
  | { readonly pipeline: string }
  /** Of a batch: the lines whose tasks may be running, and how many have ended. */
  | { readonly lines: ReadonlyArray<LineTask>; readonly ended: number }
  | "paid call"

/** The task of a line of a batch. */
export interface LineTask {
  readonly id: string
  readonly handle: string
}

/** Ctrl+C. A task that Kling has accepted keeps running; it cannot be canceled. */
export const interrupted = (running?: RunningWork): Failure => {
  const about = { code: "CLI_INTERRUPTED", exitCode: exitCode.interrupted }
  if (running === undefined) {
    return { ...about, message: "interrupted", suggestion: "run the command again", charged: "no" }
  }
  if (running === "paid call") {
    const message = "interrupted; it is not known whether Kling accepted the request"
    return { ...about, message, suggestion: "check klingkit account costs before you run it again", charged: "maybe" }
  }
  if ("pipeline" in running) {
    const handle = running.pipeline
    const message = `interrupted; the current step of pipeline ${handle} keeps running at Kling, later steps wait`
    return { ...about, message, suggestion: `continue with: klingkit task wait ${handle}`, charged: "maybe", handle }
  }
  if ("lines" in running) return { ...about, ...interruptedBatch(running.lines, running.ended) }
  const { handle, isAccepted } = running
  return {
    ...about,
    message: `interrupted; task ${handle} keeps running at Kling${isAccepted ? "" : " if Kling received the request"}`,
    suggestion: `find it with: klingkit task get ${handle}`,
    charged: "maybe",
    handle
  }
}

/** A line is listed from before its request is sent. What has ended in this run was sent by it, or by an earlier one. */
const interruptedBatch = (tasks: ReadonlyArray<LineTask>, ended: number) => {
  const before = ended === 0 ? "" : `; tasks that have ended: ${ended}`
  if (tasks.length === 0) {
    return {
      message: `interrupted; no task is running${before}`,
      suggestion: "run the same command again: lines already sent are reused and not charged again",
      charged: ended === 0 ? ("no" as const) : ("maybe" as const)
    }
  }
  return {
    message: `interrupted; lines that keep running at Kling if it received them: ${tasks.length}${before}`,
    suggestion: "run the same command again: lines already sent are reused and not charged again",
    charged: "maybe" as const,
    tasks,
    lines: [
      `interrupted; these lines keep running at Kling if it received them${before}:`,
      ...tasks.map(({ id, handle }) => `line ${id}: ${handle}`)
    ]
  }
}

export const failureJson = (failure: Failure): unknown => ({
  error: failureError(failure),
  ...(failure.task === undefined ? {} : { task: failure.task })
})

/** A failure as the `error` of a JSON document. */
export const failureError = ({
  exitCode: _exitCode,
  task: _task,
  receipt: _receipt,
  lines: _lines,
  ...error
}: Failure): Omit<Failure, "exitCode" | "task" | "receipt" | "lines"> => error

/** The same failure, told of a job: what is known of its money stands, whatever has failed. */
export const aboutJob = (failure: Failure, job: Job): Failure => {
  const money = moneyOfJob(job)
  return { ...failure, job: money, charged: money.charged, handle: job.handle }
}

export const failureText = (failure: Failure): string => {
  const { code, message, suggestion, lines = [], receipt = {} } = failure
  return [
    `Error (${code}): ${lines.length > 1 ? "" : message}`.trimEnd(),
    ...(lines.length > 1 ? lines.map((line) => `  ${line}`) : []),
    ...(receipt.quoted === undefined ? [] : [`Quoted: ${receipt.quoted}`]),
    `Charged: ${chargedText(failure)}`,
    `Next: ${suggestion}`
  ].join("\n")
}

/** With the receipt of a task that has ended, else with the most that the job may have cost. */
const chargedText = ({ charged, job, receipt = {} }: Failure): string => {
  if (receipt.charged !== undefined) return charged === "no" ? receipt.charged : `${charged}; ${receipt.charged}`
  return job?.charged === charged ? moneyText(job) : charged
}

/** Field and message as one sentence. */
export const problemLine = ({ field, message }: Problem): string => `${field} ${message}`.trimStart()

/** What every error of the packages says, in the words of this face. */
const describedBy = (error: KlingError | JobError | LedgerError) => ({
  code: error.code,
  message: error.describe(variableOf),
  suggestion: withOutcome(error, adviceOf(error, nextStepText)),
  charged: error.wasCharged,
  next: error.next,
  ...("job" in error && error.job !== undefined ? { job: error.job } : {})
})

const credentialReasons = new Set(["MissingCredentials", "UnusableCredentials", "Unauthorized", "TokenRejected"])

const klingFailure = (error: KlingError): Failure => {
  const { reason } = error
  const problems =
    reason._tag === "InvalidInput" || reason._tag === "UnusableCredentials"
      ? reason.problems.map((problem) => nameProblem(problem, variableOf))
      : undefined
  const named = "externalTaskId" in reason ? reason.externalTaskId : "taskId" in reason ? reason.taskId : undefined
  const handle = error.job?.handle ?? named
  const isAboutCredentials =
    credentialReasons.has(reason._tag) || (problems ?? []).some(({ field }) => field === "credentials")
  return {
    ...describedBy(error),
    exitCode: isAboutCredentials
      ? exitCode.credentials
      : problems !== undefined
        ? exitCode.usage
        : reason._tag === "TaskNotVisible"
          ? exitCode.stillRunning
          : exitCode.failed,
    ...(problems === undefined ? {} : { problems, lines: problems.map(problemLine) }),
    ...(handle === undefined ? {} : { handle })
  }
}

const jobExitCodes: Readonly<Record<JobError["reason"]["_tag"], ExitCode>> = {
  FileExists: exitCode.usage,
  FileDenied: exitCode.failed,
  NotFinished: exitCode.stillRunning,
  NothingToFetch: exitCode.failed,
  ResultsNotShown: exitCode.stillRunning,
  FetchFailed: exitCode.failed,
  ResultDenied: exitCode.failed,
  NoSpace: exitCode.failed,
  NotApproved: exitCode.notApproved,
  Duplicate: exitCode.failed,
  StepFailed: exitCode.failed,
  NotRepeatable: exitCode.failed
}

const jobFailure = (error: JobError): Failure => ({
  ...describedBy(error),
  exitCode: jobExitCodes[error.reason._tag],
  ...("taskId" in error.reason ? { handle: error.reason.taskId } : {}),
  ...(error.job === undefined ? {} : { handle: error.job.handle })
})

const ledgerFailure = (error: LedgerError): Failure => {
  const { reason } = error
  const isAboutSpending = reason._tag === "OverBudget" || reason._tag === "ApprovalInvalid"
  return {
    ...describedBy(error),
    exitCode: isAboutSpending ? exitCode.notApproved : exitCode.failed,
    ...("handle" in reason ? { handle: reason.handle } : {})
  }
}

const bug = (error: unknown): Failure => ({
  code: "CLI_BUG",
  message: `this is a bug in klingkit: ${sanitizeText(error instanceof Error ? error.message : String(error), 200)}`,
  suggestion: "check klingkit task list before you repeat a paid command, and report this line: npm bugs @klingkit/cli",
  charged: "maybe",
  exitCode: exitCode.failed
})
