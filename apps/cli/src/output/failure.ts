import { type Charged, type JobMoney, KlingError, type NextStep, type Problem, type Receipt } from "@klingkit/core"
import { adviceOf, moneyText, nameProblem, sanitizeText, variableOf, withOutcome } from "@klingkit/core/internal"
import { type Job, JobError, LedgerError, moneyOfJob } from "@klingkit/jobs"
import { Cause, Data } from "effect"
import { CliError } from "effect/cli"
import { type ExitCode, exitCode } from "./exit-code.ts"
import { type InterruptedJob, interrupted } from "./interrupted.ts"
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
  /** What is known of the money of several jobs together. */
  readonly money?: Omit<JobMoney, "handle">
  /** The jobs of a command that was interrupted, where it has several. */
  readonly tasks?: ReadonlyArray<InterruptedJob>
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
const chargedText = ({ charged, job, money = job, receipt = {} }: Failure): string => {
  if (receipt.charged !== undefined) return charged === "no" ? receipt.charged : `${charged}; ${receipt.charged}`
  return money?.charged === charged ? moneyText(money) : charged
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
  FileElsewhere: exitCode.failed,
  NotFinished: exitCode.stillRunning,
  NothingToFetch: exitCode.failed,
  ResultsNotShown: exitCode.stillRunning,
  FetchFailed: exitCode.failed,
  FetchTimedOut: exitCode.stillRunning,
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
