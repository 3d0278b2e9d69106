import { type Charged, sanitizeText, usdText } from "@klingkit/core"
import { Schema } from "effect"
import { quotedMoney, quotedMoneyText } from "./ledger/quoted-money.ts"

const reasons = {
  /** An identical request was just submitted; this one was not sent. */
  Duplicate: { taskId: Schema.String },
  /** May cost more than the approval threshold, or has no known price. */
  NotApproved: {
    ...quotedMoney,
    rule: Schema.String,
    setting: Schema.Literals(["KLINGKIT_CONFIRM_ABOVE_USD", "KLINGKIT_MAX_USD_PER_CALL", "KLINGKIT_MAX_USD_PER_DAY"]),
    limitUsd: Schema.Number,
    spentTodayUsd: Schema.Number
  },
  /**
   * A step of a pipeline has failed; `paid` lists what other steps cost: `0.05 video units (legacy.tts)`. `uncertain`: the
   * step itself may have been charged, because its outcome is unknown or because Kling may charge for failed tasks.
   */
  StepFailed: {
    taskId: Schema.String,
    detail: Schema.String,
    paid: Schema.optionalKey(Schema.String),
    uncertain: Schema.optionalKey(Schema.Literals(["failed", "unknown"]))
  },
  FileExists: { path: Schema.String },
  /** A path that may not be read or written: outside the allowed folders, or denied by the system. */
  FileDenied: { path: Schema.String, detail: Schema.String },
  NotFinished: { taskId: Schema.String, status: Schema.String },
  NothingToFetch: { taskId: Schema.String, status: Schema.String },
  FetchFailed: { taskId: Schema.String, detail: Schema.String },
  /** The fetch policy denies the URL of a result. */
  ResultDenied: { taskId: Schema.String, detail: Schema.String },
  /** Too little disk space for the results; nothing was sent. */
  NoSpace: { detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type JobErrorReason = typeof Reason.Type

/** A failure around a job on the client side: its price, its input or its result files. Kling's own are `KlingError`. */
export class JobError extends Schema.TaggedError<JobError>()("JobError", { reason: Reason }) {
  /** A stable code for programs: `JOB_FILE_EXISTS`. */
  get code(): string {
    return `JOB_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  get isRetryable(): boolean {
    return this.reason._tag === "FetchFailed" || this.reason._tag === "NotFinished"
  }

  /** Whether the request was charged: input is read before the charge, results are fetched after it. */
  get wasCharged(): Charged {
    switch (this.reason._tag) {
      case "FetchFailed":
      case "ResultDenied":
        return "yes"
      case "StepFailed":
        return this.reason.paid !== undefined ? "yes" : this.reason.uncertain === undefined ? "no" : "maybe"
      case "FileDenied":
      case "NoSpace":
      case "NotApproved":
      case "Duplicate":
        return "no"
      default:
        return "maybe"
    }
  }

  override get message(): string {
    const { reason } = this
    switch (reason._tag) {
      case "NotApproved":
        return `the price is ${quotedMoneyText(reason) ?? "unknown until charged"} (${reason.rule}); with a limit of ${usdText(reason.limitUsd)} (${reason.setting}) it needs an approval; ${usdText(reason.spentTodayUsd)} spent today`
      case "Duplicate":
        return `an identical request was just submitted as ${reason.taskId}; nothing was sent again`
      case "StepFailed":
        return `${reason.detail}; ${reason.paid === undefined ? "no other step was charged" : `already paid: ${reason.paid}`}`
      case "FileExists":
        return `${sanitizeText(reason.path)} already exists`
      case "FileDenied":
        return `${sanitizeText(reason.path)}: ${reason.detail}`
      case "NotFinished":
        return `task ${reason.taskId} is not finished yet: ${reason.status}`
      case "NothingToFetch":
        return `task ${reason.taskId} has no files: ${reason.status}`
      case "FetchFailed":
        return `the result of task ${reason.taskId} could not be fetched: ${sanitizeText(reason.detail)}`
      case "ResultDenied":
        return `the result of task ${reason.taskId} was not fetched: ${sanitizeText(reason.detail)}`
      case "NoSpace":
        return sanitizeText(reason.detail)
    }
  }

  /** What to do next, one sentence. */
  get suggestion(): string {
    const { reason } = this
    switch (reason._tag) {
      case "NotApproved":
        return reason.setting === "KLINGKIT_CONFIRM_ABOVE_USD"
          ? "approve it (--yes at a shell), or raise KLINGKIT_CONFIRM_ABOVE_USD; nothing was sent"
          : "approve it (--yes at a shell): under a limit, requests without a known price need approval; nothing was sent"
      case "Duplicate":
        return `see it with: task get ${reason.taskId}; to submit another one, say so (--allow-duplicate at a shell)`
      case "StepFailed":
        return reason.uncertain === "unknown"
          ? `check Kling's console; if the step was not charged, or may be charged twice: pipeline resume ${reason.taskId} --repeat-unknown`
          : "fix the cause and repeat the same request to resume: paid steps are not paid again; a changed request starts over"
      case "FileExists":
        return "choose another name or allow overwriting (--force)"
      case "FileDenied":
        return "choose a file in an allowed folder (KLINGKIT_INPUT_DIRS, KLINGKIT_OUTPUT_DIR)"
      case "NotFinished":
        return `wait for it: task wait ${reason.taskId}`
      case "NothingToFetch":
        return "check the task's status; Kling keeps results for 30 days"
      case "FetchFailed":
        return `nothing is lost: retry within 30 days with: task download ${reason.taskId}`
      case "ResultDenied":
        return "nothing is lost for 30 days: check the URL in the task; if you trust its host, add it to KLINGKIT_PRIVATE_HOSTS and retry"
      case "NoSpace":
        return "free some space, or choose another folder (KLINGKIT_OUTPUT_DIR, KLINGKIT_HOME); nothing was sent"
    }
  }
}

export const jobError = (reason: JobErrorReason): JobError => new JobError({ reason })
