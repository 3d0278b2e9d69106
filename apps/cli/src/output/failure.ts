import { type Charged, KlingError, type Problem, type Receipt, untrustedText } from "@klingkit/core"
import { JobError, LedgerError } from "@klingkit/jobs"
import { Cause, Data } from "effect"
import { CliError } from "effect/cli"
import { type ExitCode, exitCode } from "./exit-code.ts"

/** Any failure as people and programs read it. `code` is stable; `charged` is about money, not about success. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly suggestion: string
  readonly charged: Charged
  readonly exitCode: ExitCode
  readonly problems?: ReadonlyArray<Problem>
  /** What finds the task again, where there may be one. */
  readonly handle?: string
  /** Quote and charge of a task that has failed, in words. */
  readonly receipt?: Receipt
  /** The task that it is about, as `task get --json` shows it. */
  readonly task?: unknown
}

/** A failure that a command itself found. */
export class CommandError extends Data.TaggedError("CommandError")<{ readonly failure: Failure }> {}

export const usageError = (problems: ReadonlyArray<Problem>): CommandError =>
  new CommandError({
    failure: {
      code: "CLI_USAGE",
      message: sentence(problems),
      suggestion: "correct the command; nothing was sent",
      charged: "no",
      exitCode: exitCode.usage,
      problems
    }
  })

/** The one place where errors become words and exit codes. */
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

/** What was under way at Ctrl+C: a task, accepted or not yet, a chain, or a paid call that cannot be looked up. */
export type UnderWay =
  | { readonly handle: string; readonly isAccepted: boolean }
  | { readonly chain: string }
  | "paid call"

/** Ctrl+C. What Kling has accepted goes on, and nothing here can stop it. */
export const interrupted = (underWay?: UnderWay): Failure => {
  const about = { code: "CLI_INTERRUPTED", exitCode: exitCode.interrupted }
  if (underWay === undefined) {
    return { ...about, message: "interrupted", suggestion: "run the command again", charged: "no" }
  }
  if (underWay === "paid call") {
    const message = "interrupted; it is not known whether Kling took the request"
    return { ...about, message, suggestion: "look at klingkit account costs before a repeat", charged: "maybe" }
  }
  if ("chain" in underWay) {
    const handle = underWay.chain
    const message = `interrupted; the step that chain ${handle} has at Kling goes on, the next ones wait`
    return { ...about, message, suggestion: `go on with: klingkit task wait ${handle}`, charged: "maybe", handle }
  }
  const { handle, isAccepted } = underWay
  return {
    ...about,
    message: `interrupted; task ${handle} goes on at Kling${isAccepted ? "" : ", if the request has reached it"}`,
    suggestion: `find it again with: klingkit task get ${handle}`,
    charged: "maybe",
    handle
  }
}

export const failureJson = ({ exitCode: _exitCode, task, receipt: _receipt, ...error }: Failure): unknown => ({
  error,
  ...(task === undefined ? {} : { task })
})

export const failureText = ({ code, message, suggestion, charged, problems = [], receipt = {} }: Failure): string =>
  [
    `Error (${code}): ${problems.length > 1 ? "" : message}`.trimEnd(),
    ...(problems.length > 1 ? problems.map(({ field, message }) => `  ${field} ${message}`) : []),
    ...(receipt.quoted === undefined ? [] : [`Quoted: ${receipt.quoted}`]),
    `Charged: ${charged}${receipt.charged === undefined ? "" : `; ${receipt.charged}`}`,
    `Next: ${suggestion}`
  ].join("\n")

const sentence = (problems: ReadonlyArray<Problem>): string =>
  problems.map(({ field, message }) => `${field} ${message}`.trimStart()).join("; ")

const credentialReasons = new Set(["MissingCredentials", "Unauthorized", "TokenRejected"])

const klingFailure = (error: KlingError): Failure => {
  const { reason } = error
  const problems = reason._tag === "InvalidInput" ? reason.problems : undefined
  const handle = "externalTaskId" in reason ? reason.externalTaskId : "taskId" in reason ? reason.taskId : undefined
  const isAboutCredentials =
    credentialReasons.has(reason._tag) || (problems ?? []).some(({ field }) => field === "credentials")
  return {
    code: error.code,
    message: error.message,
    suggestion: asCommand(error.suggestion),
    charged: error.wasCharged,
    exitCode: isAboutCredentials ? exitCode.credentials : problems === undefined ? exitCode.failed : exitCode.usage,
    ...(problems === undefined ? {} : { problems }),
    ...(handle === undefined ? {} : { handle })
  }
}

const jobExitCodes: Readonly<Record<JobError["reason"]["_tag"], ExitCode>> = {
  FileExists: exitCode.usage,
  FileRefused: exitCode.failed,
  NotFinished: exitCode.stillRunning,
  NothingToFetch: exitCode.failed,
  FetchFailed: exitCode.failed,
  ResultRefused: exitCode.failed,
  NoSpace: exitCode.failed,
  NotApproved: exitCode.notApproved,
  Repeated: exitCode.failed,
  StepFailed: exitCode.failed
}

const jobFailure = (error: JobError): Failure => ({
  code: error.code,
  message: error.message,
  suggestion: asCommand(error.suggestion),
  charged: error.wasCharged,
  exitCode: jobExitCodes[error.reason._tag],
  ...("taskId" in error.reason ? { handle: error.reason.taskId } : {})
})

const ledgerFailure = (error: LedgerError): Failure => {
  const { reason } = error
  const isAboutMoney = reason._tag === "OverBudget" || reason._tag === "NotApproved"
  return {
    code: error.code,
    message: error.message,
    suggestion: asCommand(error.suggestion),
    charged: error.wasCharged,
    exitCode: isAboutMoney ? exitCode.notApproved : exitCode.failed,
    ...("handle" in reason ? { handle: reason.handle } : {})
  }
}

const bug = (error: unknown): Failure => ({
  code: "CLI_BUG",
  message: `this is a fault of klingkit itself: ${untrustedText(error instanceof Error ? error.message : String(error), 200)}`,
  suggestion:
    "look at klingkit task list before repeating a paid command, and report this line: npm bugs @klingkit/cli",
  charged: "maybe",
  exitCode: exitCode.failed
})

/** Packages say `task get ID`, since tools have the same words; at a shell it is a command. */
const asCommand = (text: string): string =>
  text.replace(/\b(?=task ((get|wait|download) |list$)|chain resume )/, "klingkit ")
