import type { KlingError } from "@klingkit/core"
import type { JobError, LedgerError } from "@klingkit/jobs"
import type { Tool } from "../tool.ts"

/** An error for users, models and programs. */
export interface FormattedError {
  /** Stable: `KLING_INVALID_INPUT`, `JOB_FILE_EXISTS`. */
  readonly code: string
  readonly lines: ReadonlyArray<string>
}

const chargedText = {
  no: "no",
  maybe: "maybe; Kling may have accepted the request",
  yes: "yes, for the task; it is not lost"
}

/** Formats an error: what happened, whether it was charged, what to do next, and its code. */
export const formatError = (
  tool: Pick<Tool, "charged">,
  error: KlingError | JobError | LedgerError
): FormattedError => ({
  code: error.code,
  lines: [
    `Error: ${error.message}`,
    ...(error.reason._tag === "SubmissionUnknown" && error.reason.externalTaskId !== undefined
      ? [`Task ID: ${error.reason.externalTaskId}`]
      : []),
    `Charged: ${chargedBy(tool, error)}`,
    `Next: ${nextStep(tool, error)}`,
    `Code: ${error.code}`
  ]
})

const chargedBy = (tool: Pick<Tool, "charged">, error: KlingError | JobError | LedgerError): string =>
  !tool.charged
    ? "no"
    : error.reason._tag === "StepFailed" && error.reason.paid !== undefined
      ? `yes, ${error.reason.paid}`
      : chargedText[error.wasCharged]

/** An internal defect: its details go to the log, not to the caller. */
export const formatDefect = (tool: Pick<Tool, "charged" | "name">): FormattedError => ({
  code: "KLINGKIT_DEFECT",
  lines: [
    `Error: ${tool.name} failed: internal error in klingkit`,
    `Charged: ${tool.charged ? chargedText.maybe : "no"}`,
    tool.charged
      ? "Next: check list_tasks before trying again, and report the error from stderr"
      : "Next: try again, and report the error from stderr",
    "Code: KLINGKIT_DEFECT"
  ]
})

/** An error's own suggestion, reworded where it names commands: here the caller has tools. */
const nextStep = (tool: Pick<Tool, "charged">, error: KlingError | JobError | LedgerError): string => {
  const { reason } = error
  switch (reason._tag) {
    case "MissingCredentials":
      return "set KLINGAI_API_KEY, or KLINGAI_ACCESS_KEY and KLINGAI_SECRET_KEY, in this server's environment and restart it"
    case "NotApproved":
      return "limitUsd" in reason
        ? "show this to the user; if they approve, call quote_cost with the tool and arguments of this call, then repeat it with the confirm_token it returns"
        : "call quote_cost again with the tool and exact arguments of this call: a confirm_token works once, within ten minutes"
    case "Duplicate":
      return `call check_video_status with task_id ${reason.taskId}; to make another, set allow_duplicate`
    case "StepFailed":
      return reason.uncertain === "unknown"
        ? `tell the user: only Kling's console shows whether that step was charged; klingkit pipeline resume ${reason.taskId} --repeat-unknown would pay for it again`
        : error.suggestion
    case "SubmissionUnknown":
      return reason.externalTaskId === undefined
        ? error.suggestion
        : `do not submit it again; call check_video_status with task_id ${reason.externalTaskId}`
    case "NotFinished":
      return `call wait_for_task with task_id ${reason.taskId}`
    case "NothingToFetch":
      return `call check_video_status with task_id ${reason.taskId}; files are kept for 30 days`
    case "FetchFailed":
      return `nothing is lost: call download_task again within 30 days with task_id ${reason.taskId}`
    case "FileDenied":
      // Tools that spend read files, the others write them.
      return tool.charged
        ? "use an https URL, or move the file into one of these folders; KLINGKIT_INPUT_DIRS adds more"
        : error.suggestion
    case "FileExists":
      return "choose another file_name, or set overwrite to true"
    default:
      return error.suggestion
  }
}
