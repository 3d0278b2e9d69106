import { type Charged, untrustedText, usdText } from "@klingkit/core"
import { Schema } from "effect"
import { quotedMoney, quotedMoneyText } from "./ledger/quoted-money.ts"

const reasons = {
  /** The same request was sent a moment ago; this one was not. */
  Repeated: { taskId: Schema.String },
  /** May cost more than what goes without an approval, or nobody can say before how much. */
  NotApproved: {
    ...quotedMoney,
    rule: Schema.String,
    setting: Schema.Literals(["KLINGKIT_CONFIRM_ABOVE_USD", "KLINGKIT_MAX_USD_PER_CALL", "KLINGKIT_MAX_USD_PER_DAY"]),
    limitUsd: Schema.Number,
    spentTodayUsd: Schema.Number
  },
  /**
   * A step of a chain has failed; `paid` says what the others took: `0.05 video units (legacy.tts)`. `open`: it may have
   * been charged itself, as nobody knows whether Kling took it, or what a task costs that has failed.
   */
  StepFailed: {
    taskId: Schema.String,
    detail: Schema.String,
    paid: Schema.optionalKey(Schema.String),
    open: Schema.optionalKey(Schema.Literals(["failed", "unknown"]))
  },
  FileExists: { path: Schema.String },
  /** A place where nothing may be written or read: outside the allowed folders, or refused by the system. */
  FileRefused: { path: Schema.String, detail: Schema.String },
  NotFinished: { taskId: Schema.String, status: Schema.String },
  NothingToFetch: { taskId: Schema.String, status: Schema.String },
  FetchFailed: { taskId: Schema.String, detail: Schema.String },
  /** The URL of a result points to where nothing is fetched from. */
  ResultRefused: { taskId: Schema.String, detail: Schema.String },
  /** Too little room for what would be paid for; nothing was sent. */
  NoSpace: { detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type JobErrorReason = typeof Reason.Type

/** What can go wrong around a job on this side: its price, its input and result files. Kling's own are `KlingError`. */
export class JobError extends Schema.TaggedError<JobError>()("JobError", { reason: Reason }) {
  /** A stable code for programs: `JOB_FILE_EXISTS`. */
  get code(): string {
    return `JOB_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  get isRetryable(): boolean {
    return this.reason._tag === "FetchFailed" || this.reason._tag === "NotFinished"
  }

  /** Whether the request behind it was paid: files are fetched after the charge, input is read before. */
  get wasCharged(): Charged {
    switch (this.reason._tag) {
      case "FetchFailed":
      case "ResultRefused":
        return "yes"
      case "StepFailed":
        return this.reason.paid !== undefined ? "yes" : this.reason.open === undefined ? "no" : "maybe"
      case "FileRefused":
      case "NoSpace":
      case "NotApproved":
      case "Repeated":
        return "no"
      default:
        return "maybe"
    }
  }

  override get message(): string {
    const { reason } = this
    switch (reason._tag) {
      case "NotApproved":
        return `the price is ${quotedMoneyText(reason) ?? "not known before"} (${reason.rule}); with a limit of ${usdText(reason.limitUsd)} (${reason.setting}) it needs an approval; ${usdText(reason.spentTodayUsd)} spent today`
      case "Repeated":
        return `the same request was made a moment ago, as ${reason.taskId}; nothing was sent again`
      case "StepFailed":
        return `${reason.detail}; ${reason.paid === undefined ? "no other step was paid" : `paid and kept: ${reason.paid}`}`
      case "FileExists":
        return `${untrustedText(reason.path)} exists already`
      case "FileRefused":
        return `${untrustedText(reason.path)}: ${reason.detail}`
      case "NotFinished":
        return `task ${reason.taskId} is not finished yet: ${reason.status}`
      case "NothingToFetch":
        return `task ${reason.taskId} has no files: ${reason.status}`
      case "FetchFailed":
        return `the result of task ${reason.taskId} could not be fetched: ${untrustedText(reason.detail)}`
      case "ResultRefused":
        return `the result of task ${reason.taskId} was not fetched: ${untrustedText(reason.detail)}`
      case "NoSpace":
        return untrustedText(reason.detail)
    }
  }

  /** What to do next, one sentence. */
  get suggestion(): string {
    const { reason } = this
    switch (reason._tag) {
      case "NotApproved":
        return reason.setting === "KLINGKIT_CONFIRM_ABOVE_USD"
          ? "approve it (--yes at a shell), or raise KLINGKIT_CONFIRM_ABOVE_USD; nothing was sent"
          : "approve it (--yes at a shell): a price that nobody knows before passes a limit only so; nothing was sent"
      case "Repeated":
        return `look at it with: task get ${reason.taskId}; one that is meant to be made again has to say so (--again at a shell)`
      case "StepFailed":
        return reason.open === "unknown"
          ? `look at Kling's console; if it was not charged, or may be twice: chain resume ${reason.taskId} --repeat-unknown`
          : "mend what the message names, then ask for the very same again: it goes on from there, and no paid step is paid anew; a changed request is a new one, paid from its first step"
      case "FileExists":
        return "choose another name, or allow overwriting (--force)"
      case "FileRefused":
        return "choose a file in an allowed folder (KLINGKIT_INPUT_DIRS, KLINGKIT_OUTPUT_DIR)"
      case "NotFinished":
        return `wait for it: task wait ${reason.taskId}`
      case "NothingToFetch":
        return "results are kept for 30 days; look at the task's status"
      case "FetchFailed":
        return `nothing is lost: fetch it again within 30 days with: task download ${reason.taskId}`
      case "ResultRefused":
        return "nothing is lost for 30 days: look at the URL in the task; name its host in KLINGKIT_PRIVATE_HOSTS if you trust it, and fetch again"
      case "NoSpace":
        return "make room, or choose another folder (KLINGKIT_OUTPUT_DIR, KLINGKIT_HOME); nothing was sent"
    }
  }
}

export const jobError = (reason: JobErrorReason): JobError => new JobError({ reason })
