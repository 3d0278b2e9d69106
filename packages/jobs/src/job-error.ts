import { type Charged, JobMoney, type NextStep } from "@klingkit/core"
import {
  libraryAdvice,
  type NameSetting,
  optionOf,
  resultRetentionDays,
  sanitizeText,
  usdText,
  withOutcome
} from "@klingkit/core/internal"
import { Schema, Struct } from "effect"
import { DaySpend, daySpendText } from "./ledger/day-spend.ts"
import { PaidStep, paidText, quotedMoney, quotedMoneyText } from "./ledger/quoted-money.ts"
import { ApprovalSetting } from "./spend-limits.ts"

const reasons = {
  /** An identical request was just submitted; this one was not sent. `nextTake` would be another one. */
  Duplicate: { taskId: Schema.String, nextTake: Schema.optionalKey(Schema.Int) },
  /** May cost more than the approval threshold, or has no known price. */
  NotApproved: {
    ...quotedMoney,
    rule: Schema.String,
    setting: ApprovalSetting,
    limitUsd: Schema.Number,
    today: DaySpend,
    /** By which the user approves it elsewhere, once they were asked. */
    approvalCode: Schema.optionalKey(Schema.String)
  },
  /**
   * A step of a pipeline has failed; `paid` lists what other steps cost. `uncertain`: the step itself may have been
   * charged, because its outcome is unknown or because Kling may charge for failed tasks.
   */
  StepFailed: {
    taskId: Schema.String,
    detail: Schema.String,
    paid: Schema.Array(PaidStep),
    uncertain: Schema.optionalKey(Schema.Literals(["failed", "unknown"]))
  },
  /** `charged`: whether the job was whose result this file keeps from being saved. */
  FileExists: { path: Schema.String, charged: Schema.optionalKey(Schema.Literals(["yes", "no", "maybe"])) },
  /** A path that may not be read or written: outside the allowed folders, or denied by the system. */
  FileDenied: { path: Schema.String, detail: Schema.String },
  /** A file of a caller who works on another machine. `link`: for uploading it, within `minutes`. */
  FileElsewhere: { path: Schema.String, link: Schema.Redacted(Schema.String), minutes: Schema.Int },
  NotFinished: { taskId: Schema.String, status: Schema.String },
  NothingToFetch: { taskId: Schema.String, status: Schema.String },
  /** Kling reports success, and does not show the results yet. */
  ResultsNotShown: { taskId: Schema.String },
  FetchFailed: { taskId: Schema.String, detail: Schema.String },
  /** The time allowed for a download has ended; what has arrived is continued by the next. */
  FetchTimedOut: { taskId: Schema.String },
  /** The fetch policy denies the URL of a result. */
  ResultDenied: { taskId: Schema.String, detail: Schema.String },
  /**
   * Its request cannot be made again by its id. `elsewhere`: not made with this ledger; `version`: another
   * one of klingkit did not keep it; `step`: of a `pipeline`; `pipeline`: of several requests in a file. `request` is the id of the one that makes such tasks.
   */
  NotRepeatable: {
    taskId: Schema.String,
    why: Schema.Literals(["elsewhere", "version", "step", "pipeline"]),
    pipeline: Schema.optionalKey(Schema.String),
    request: Schema.optionalKey(Schema.String),
    operation: Schema.optionalKey(Schema.String),
    model: Schema.optionalKey(Schema.String),
    prompt: Schema.optionalKey(Schema.String)
  },
  /** Too little disk space for the results; nothing was sent. */
  NoSpace: { detail: Schema.String }
} as const satisfies Record<string, Schema.Struct.Fields>

const Reason = Schema.TaggedUnion(reasons)
export type JobErrorReason = typeof Reason.Type

const retryable: ReadonlySet<JobErrorReason["_tag"]> = new Set([
  "FetchFailed",
  "FetchTimedOut",
  "NotFinished",
  "ResultsNotShown"
])

/** A failure around a job on the client side: its price, its input or its result files. Kling's own are `KlingError`. */
export class JobError extends Schema.TaggedError<JobError>()("JobError", {
  reason: Reason,
  /** The job whose files could not be handled: what is known of its money stands. */
  job: Schema.optionalKey(JobMoney)
}) {
  /** A stable code for programs: `JOB_FILE_EXISTS`. */
  get code(): string {
    return `JOB_${this.reason._tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`
  }

  get isRetryable(): boolean {
    return retryable.has(this.reason._tag)
  }

  /** Whether the request was charged: input is read before the charge, results are fetched after it. */
  get wasCharged(): Charged {
    if (this.job !== undefined) return this.job.charged
    switch (this.reason._tag) {
      case "FetchFailed":
      case "FetchTimedOut":
      case "ResultDenied":
      case "ResultsNotShown":
        return "yes"
      case "FileExists":
        return this.reason.charged ?? "maybe"
      case "StepFailed":
        return this.reason.paid.length > 0 ? "yes" : this.reason.uncertain === undefined ? "no" : "maybe"
      case "FileDenied":
      case "FileElsewhere":
      case "NoSpace":
      case "NotApproved":
      case "Duplicate":
      case "NotRepeatable":
        return "no"
      default:
        return "maybe"
    }
  }

  /** The same error, said of a job of this ledger. */
  about(job: JobMoney): JobError {
    return new JobError({ reason: this.reason, job })
  }

  /** What happened, in one sentence, with settings under the names of a face. */
  describe(nameOf: NameSetting): string {
    const { reason } = this
    switch (reason._tag) {
      case "NotApproved":
        return `the price is ${quotedMoneyText(reason) ?? "unknown until charged"} (${reason.rule}); with a limit of ${usdText(reason.limitUsd)} (${nameOf(reason.setting)}) it needs an approval; ${daySpendText(reason.today)}`
      case "Duplicate":
        return `an identical request was just submitted as ${reason.taskId}; nothing was sent again`
      case "StepFailed":
        return `${reason.detail}; ${reason.paid.length === 0 ? "no other step was charged" : `already paid: ${paidText(reason.paid)}`}`
      case "FileExists":
        return `${sanitizeText(reason.path)} already exists`
      case "FileDenied":
        return `${sanitizeText(reason.path)}: ${reason.detail}`
      case "FileElsewhere":
        return `${sanitizeText(reason.path, 120)} is not a URL or a task, and this server does not read files of your machine`
      case "NotFinished":
        return `task ${reason.taskId} is not finished yet: ${reason.status}`
      case "NothingToFetch":
        return `task ${reason.taskId} has no files: ${reason.status}`
      case "ResultsNotShown":
        return `task ${reason.taskId} has succeeded, but Kling does not show its results yet`
      case "FetchFailed":
        return `the result of task ${reason.taskId} could not be fetched: ${sanitizeText(reason.detail)}`
      case "FetchTimedOut":
        return `the results of task ${reason.taskId} were not fetched in the time allowed; what has arrived is kept`
      case "ResultDenied":
        return `the result of task ${reason.taskId} was not fetched: ${sanitizeText(reason.detail)}`
      case "NoSpace":
        return sanitizeText(reason.detail)
      case "NotRepeatable":
        return notRepeatableText(reason)
    }
  }

  override get message(): string {
    return this.describe(optionOf)
  }

  /** It failed before anything was sent. */
  get isUnsent(): boolean {
    return ["NotApproved", "NoSpace", "NotRepeatable", "FileElsewhere"].includes(this.reason._tag)
  }

  /** What to do next, as data. */
  get next(): NextStep {
    return nextStep(this.reason)
  }

  /** What to do next, in one sentence for programmers. */
  get suggestion(): string {
    return withOutcome(this, libraryAdvice(this.next))
  }
}

const notRepeatableText = ({
  taskId,
  why,
  pipeline = ""
}: Extract<JobErrorReason, { readonly _tag: "NotRepeatable" }>): string => {
  switch (why) {
    case "elsewhere":
      return `task ${sanitizeText(taskId, 80)} was not made with this ledger: its settings are not known here`
    case "version":
      return `the settings of task ${taskId} were not kept: another version of klingkit made it`
    case "step":
      return `task ${taskId} is a step of ${sanitizeText(pipeline, 80)}, which is made as a whole`
    case "pipeline":
      return `${sanitizeText(taskId, 80)} was put together from several requests in a file`
  }
}

function nextStep(reason: JobErrorReason): NextStep {
  switch (reason._tag) {
    case "NotApproved": {
      const { setting, limitUsd, approvalCode: code } = reason
      const isOpen = setting !== "approvalThresholdUsd"
      return { _tag: "Approve", setting, limitUsd, isOpen, ...(code === undefined ? {} : { code }) }
    }
    case "Duplicate":
      return { _tag: "UseExisting", handle: reason.taskId, ...Struct.pick(reason, ["nextTake"]) }
    case "StepFailed":
      return { _tag: reason.uncertain === "unknown" ? "RepeatUnknown" : "Resume", handle: reason.taskId }
    case "FileExists":
      return { _tag: "ReplaceFile", path: reason.path }
    case "FileDenied":
      return { _tag: "AllowFolder", settings: ["inputDirs", "outputDir"] }
    case "FileElsewhere":
      return { _tag: "Upload", link: reason.link, minutes: reason.minutes }
    case "NotFinished":
      return { _tag: "Wait", handle: reason.taskId }
    case "NothingToFetch":
      return { _tag: "CheckStatus", handle: reason.taskId }
    case "ResultsNotShown":
    case "FetchFailed":
    case "FetchTimedOut":
      return { _tag: "Download", handle: reason.taskId, withinDays: resultRetentionDays }
    case "ResultDenied":
      return { _tag: "TrustHost", setting: "privateHosts", withinDays: resultRetentionDays }
    case "NoSpace":
      return { _tag: "FreeSpace", settings: ["outputDir", "ledgerDir"] }
    case "NotRepeatable": {
      const { _tag, taskId: handle, why, pipeline, ...known } = reason
      if (why === "pipeline") return { _tag: "EditPipeline" }
      return pipeline === undefined
        ? { _tag: "RequestAnew", handle, ...known }
        : { _tag: "RepeatWhole", handle: pipeline }
    }
  }
}

export const jobError = (reason: JobErrorReason): JobError => new JobError({ reason })
