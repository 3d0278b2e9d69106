import type { KlingError } from "@klingkit/core"
import type { JobError, LedgerError } from "@klingkit/jobs"
import type { Tool } from "../tool.ts"

/** What went wrong, for people, models and programs. */
export interface ErrorWords {
  /** Stable: `KLING_INVALID_INPUT`, `JOB_FILE_EXISTS`. */
  readonly code: string
  readonly lines: ReadonlyArray<string>
}

const chargedWords = {
  no: "no",
  maybe: "maybe; Kling may have taken the request",
  yes: "yes, for the task; it is not lost"
}

/** The one place where an error becomes words: what happened, whether it was charged, what to do next, its code. */
export const errorWords = (tool: Pick<Tool, "charged">, error: KlingError | JobError | LedgerError): ErrorWords => ({
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
      : chargedWords[error.wasCharged]

/** Something broke that should not: the details are for the log, not for the caller. */
export const defectWords = (tool: Pick<Tool, "charged" | "name">): ErrorWords => ({
  code: "KLINGKIT_DEFECT",
  lines: [
    `Error: ${tool.name} broke inside klingkit`,
    `Charged: ${tool.charged ? chargedWords.maybe : "no"}`,
    tool.charged
      ? "Next: look at your tasks before you try again, and report what stderr says"
      : "Next: try again, and report what stderr says",
    "Code: KLINGKIT_DEFECT"
  ]
})

/** An error's own advice, except where it speaks of commands: here people have tools. */
const nextStep = (tool: Pick<Tool, "charged">, error: KlingError | JobError | LedgerError): string => {
  const { reason } = error
  switch (reason._tag) {
    case "MissingCredentials":
      return "set KLINGAI_API_KEY, or KLINGAI_ACCESS_KEY and KLINGAI_SECRET_KEY, in this server's environment and start it again"
    case "NotApproved":
      return "limitUsd" in reason
        ? "show this to the person; if they agree, call quote_cost with tool and arguments of this call, and repeat this call with the confirm_token that it gives"
        : "call quote_cost again with tool and arguments of exactly this call: a confirm_token passes once, within ten minutes"
    case "Repeated":
      return `look with check_video_status and task_id ${reason.taskId}; for another one set allow_repeat`
    case "StepFailed":
      return reason.open === "unknown"
        ? `tell the person: only Kling's console shows whether that step was charged; klingkit chain resume ${reason.taskId} --repeat-unknown would pay for it again`
        : error.suggestion
    case "SubmissionUnknown":
      return reason.externalTaskId === undefined
        ? error.suggestion
        : `do not generate it again; look with check_video_status and task_id ${reason.externalTaskId}`
    case "NotFinished":
      return `call wait_for_task with task_id ${reason.taskId}`
    case "NothingToFetch":
      return `look with check_video_status and task_id ${reason.taskId}; files are kept for 30 days`
    case "FetchFailed":
      return `nothing is lost: call download_task again within 30 days with task_id ${reason.taskId}`
    case "FileRefused":
      // Tools that spend read files, the others write them.
      return tool.charged
        ? "give an https URL, or put the file into one of these folders; KLINGKIT_INPUT_DIRS adds more"
        : error.suggestion
    case "FileExists":
      return "choose another file_name, or set overwrite to true"
    default:
      return error.suggestion
  }
}
