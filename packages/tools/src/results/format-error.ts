import type { Charged, KlingError, NextStep } from "@klingkit/core"
import {
  adviceOf,
  anotherTake,
  candidatesText,
  moneyText,
  resultRetentionDays,
  sanitizeText,
  sharedAdvice,
  variableOf,
  withOutcome
} from "@klingkit/core/internal"
import type { JobError, LedgerError } from "@klingkit/jobs"
import { paidText } from "@klingkit/jobs/internal"
import type { Tool } from "../tool.ts"

/** What an error says, in parts and as lines of text. */
export interface FormattedError {
  /** Stable: `KLING_INVALID_INPUT`, `JOB_FILE_EXISTS`. */
  readonly code: string
  /** What happened. */
  readonly error: string
  readonly taskId?: string
  readonly wasCharged: Charged
  /** The same in words. */
  readonly charged: string
  /** What to do next. */
  readonly next: string
  readonly lines: ReadonlyArray<string>
}

/** An error for users, models and programs, of its parts. */
export const formattedError = (parts: Omit<FormattedError, "lines">): FormattedError => ({
  ...parts,
  lines: [
    `Error: ${parts.error}`,
    ...(parts.taskId === undefined ? [] : [`Task ID: ${parts.taskId}`]),
    `Charged: ${parts.charged}`,
    `Next: ${parts.next}`,
    `Code: ${parts.code}`
  ]
})

const chargedText = {
  no: "no",
  maybe: "maybe; Kling may have accepted the request",
  yes: "yes, for the task; it is not lost"
}

/** What an error says depends on what the tool costs, and on whether it is about a task. */
type FailedTool = Pick<Tool, "charged"> & Partial<Pick<Tool, "inputSchema">>

/**
 * Formats an error: what happened, whether it was charged, what to do next, and its code. Without the task's id where that
 * stands above it.
 */
export const formatError = (
  tool: FailedTool,
  error: KlingError | JobError | LedgerError,
  { withTaskId = true }: { readonly withTaskId?: boolean } = {}
): FormattedError => {
  const taskId = withTaskId ? taskIdOf(error) : undefined
  return formattedError({
    code: error.code,
    error: error.describe(variableOf),
    ...(taskId === undefined ? {} : { taskId: shown(taskId) }),
    ...chargedBy(tool, error),
    next: adviceOf(error, (step) => nextStep(tool, error, step))
  })
}

type AnyError = KlingError | JobError | LedgerError

const taskIdOf = (error: AnyError): string | undefined => {
  if ("job" in error && error.job !== undefined) return error.job.handle
  const { reason } = error
  return reason._tag === "SubmissionUnknown" ? reason.externalTaskId : undefined
}

/** The money of the job in question stands, also where the tool itself only reads. */
const chargedBy = (tool: FailedTool, error: AnyError): Pick<FormattedError, "wasCharged" | "charged"> => {
  if ("job" in error && error.job !== undefined) {
    const { charged } = error.job
    const about = charged === "maybe" && !tool.charged ? ofReadTask : ofTask[charged]
    return { wasCharged: charged, charged: `${moneyText(error.job)}${about}` }
  }
  return chargedByCall(tool, error)
}

const ofReadTask = ", for the task; this call is free"
const ofTask = { no: "", maybe: "; Kling may have accepted the request", yes: ", for the task; it is not lost" }

const chargedByCall = (tool: FailedTool, error: AnyError): ReturnType<typeof chargedBy> => {
  const { reason, wasCharged } = error
  if (reason._tag === "StepFailed" && reason.paid.length > 0) {
    return { wasCharged: "yes", charged: `yes, ${paidText(reason.paid)}` }
  }
  if (tool.charged && !(error._tag === "KlingError" && error.isOfTasks === true)) return saying(chargedText, wasCharged)
  // What a free tool says of a task that it names must hold for the task.
  return saying(freeText, tool.charged || isOfTask(tool) ? wasCharged : "no")
}

const saying = (words: Readonly<Record<Charged, string>>, wasCharged: Charged) => ({
  wasCharged,
  charged: words[wasCharged]
})

const freeText = {
  no: "no; this call is free",
  maybe: `maybe${ofReadTask}`,
  yes: chargedText.yes
}

const isOfTask = ({ inputSchema }: FailedTool): boolean =>
  inputSchema !== undefined && "task_id" in inputSchema.properties

/** An internal defect: its details go to the log, not to the caller. */
export const formatDefect = (tool: FailedTool & Pick<Tool, "name">): FormattedError =>
  formattedError({
    code: "KLINGKIT_DEFECT",
    error: `${tool.name} failed: internal error in klingkit`,
    ...(tool.charged ? saying(chargedText, "maybe") : saying(freeText, isOfTask(tool) ? "maybe" : "no")),
    next: `${tool.charged ? "check list_tasks before trying again" : "try again"}, and report the error from stderr`
  })

/** What to do next, as a tool call where there is one. */
const nextStep = (tool: Pick<Tool, "charged">, error: AnyError, step: NextStep): string => {
  switch (step._tag) {
    case "SetCredentials":
      return `${sharedAdvice(step, variableOf)}, in this server's environment and restart it`
    case "ConnectAccount":
      return withOutcome(
        error,
        step.page === undefined
          ? sharedAdvice(step, variableOf)
          : `ask the user to connect their Kling account at ${sanitizeText(step.page, 200)}; once they have, make the same call again`
      )
    case "Approve":
      if (step.code !== undefined) return shellApproval(step.code)
      return "show this to the user; if they approve, call quote_cost with the tool and arguments of this call, then repeat it with the confirm_token it returns"
    case "ApproveAgain":
      return "call quote_cost again with the tool and exact arguments of this call: a confirm_token works once, within ten minutes"
    case "UseExisting":
      return `${checkStatus(step.handle)}${anotherTake(step, "set take:")}`
    case "RepeatUnknown":
      return `tell the user: only Kling's console shows whether that step was charged; klingkit pipeline resume ${shown(step.handle)} --repeat-unknown would pay for it again`
    case "AwaitOutcome":
      return step.handle === undefined
        ? "check the task list in Kling's console before sending it again"
        : `do not submit it again; ${checkStatus(step.handle)}`
    case "ChooseTask":
      return `do not submit it again; ask the user: ${candidatesText(step.candidates)}; the user settles it with klingkit task resolve ${shown(step.handle)} --task-id TASK_ID, or --not-made`
    case "LookUp":
      return withOutcome(error, `do not submit it again; ${checkStatus(step.handle)}`)
    case "ChooseKey":
      return withOutcome(error, `${checkStatus(step.handle)}; use a new key for a new request`)
    case "NameAccount":
      return `ask the user: if this server's key is of the account that paid for ${shown(step.handle)}, klingkit account link ${shown(step.handle)}; if not, klingkit account name for each, with different names; nothing was sent`
    case "CheckId":
      return withOutcome(error, step.at === "ledger" ? "check the id with list_tasks" : sharedAdvice(step, variableOf))
    case "Wait":
      return `call wait_for_task with task_id ${shown(step.handle)}`
    case "CheckStatus":
      return `${checkStatus(step.handle)}; files are kept for ${resultRetentionDays} days`
    case "Download":
      return `nothing is lost: call download_task again within ${step.withinDays} days with task_id ${shown(step.handle)}`
    case "AllowFolder":
      // Tools that spend read files, the others write them.
      return tool.charged
        ? `use an https URL, or move the file into one of these folders; ${variableOf("inputDirs")} adds more`
        : sharedAdvice(step, variableOf)
    case "RepeatWhole":
      return `call repeat_task with task_id ${shown(step.handle)}`
    case "ReplaceFile":
      return "choose another file_name, or set overwrite to true"
    default:
      return withOutcome(error, sharedAdvice(step, variableOf))
  }
}

const checkStatus = (handle: string): string => `call check_video_status with task_id ${shown(handle)}`

/** How the user approves where the chat does not ask them. */
export const shellApproval = (code: string): string =>
  `only the user can approve it: ask them to run klingkit approve ${code} in a terminal where this server runs; it shows them the price. Once they have, make the same call again`

/** Handles may come from a ledger that others write. */
const shown = (handle: string): string => sanitizeText(handle, 80)
