import { parseJson, sessionMillis } from "@klingkit/core/internal"
import { Data } from "effect"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"
import type { StepJob } from "../ledger/found-steps.ts"
import type { StepResult } from "@klingkit/core/requests"

/** The state of a pipeline's step, as the ledger knows it. */
export type StepState = Data.TaggedEnum<{
  /** `key` is the idempotency key of the next attempt. */
  Pending: { readonly key: string }
  Running: { readonly job: StepJob }
  Succeeded: { readonly job: StepJob; readonly result: StepResult }
  Failed: { readonly job: StepJob }
}>
const StepState = Data.taggedEnum<StepState>()

/**
 * Derives a step's state from its jobs. A step is attempted again only if nothing was sent, or if the pipeline was resumed
 * after the failure; one that failed at Kling, or whose outcome is unknown, only if that was allowed. On resume, faces that
 * Kling has discarded are detected again.
 */
export const stepStateOf = (
  pipeline: PipelineRecord,
  step: string,
  jobs: ReadonlyArray<StepJob>,
  now: number
): StepState => {
  // Found in place of an attempt that the quote contains, and refused: the attempt is made after all.
  const isMoot = ({ found, state }: StepJob) => found?.isQuoted === true && state === "REFUSED"
  const attempts = jobs.filter((job) => job.step === step && !isMoot(job)).map((job) => ({ job, ...attemptOf(job) }))
  const last = attempts.toSorted((a, b) => a.resume - b.resume || a.attempt - b.attempt).at(-1)
  if (last === undefined) return StepState.Pending({ key: keyOf(pipeline, step, pipeline.resumes, 0) })
  const { job, resume, attempt } = last
  switch (job.state) {
    case "SUCCEEDED":
    case "FETCHED":
      if (resume >= pipeline.resumes || !isExpired(job, now)) return StepState.Succeeded({ job, result: resultOf(job) })
      break
    case "REFUSED":
      // What was found was not in the quote: it is paid only when the pipeline is resumed.
      if (job.found?.isQuoted === false) break
      if (job.sends === 0 && attempt < maxAttempts) {
        return StepState.Pending({ key: keyOf(pipeline, step, resume, attempt + 1) })
      }
      break
    case "FAILED":
      if (resume >= pipeline.retriesFailed) return StepState.Failed({ job })
      break
    case "UNKNOWN":
      if (resume >= pipeline.repeatsUnknown) return StepState.Failed({ job })
      break
    default:
      return StepState.Running({ job })
  }
  return resume < pipeline.resumes
    ? StepState.Pending({ key: keyOf(pipeline, step, pipeline.resumes, 0) })
    : StepState.Failed({ job })
}

const isExpired = ({ operation, finishedAt = 0 }: StepJob, now: number): boolean =>
  operation === "legacy.identify-face" && now - finishedAt >= sessionMillis

/** Bounds the attempts of programs that crash before they have sent anything. */
const maxAttempts = 20

/** Of all programs that make the same attempt, the ledger lets one send it. */
const keyOf = ({ handle }: PipelineRecord, step: string, resume: number, attempt: number): string =>
  `${handle}/${step}/${resume}/${attempt}`

const attemptOf = ({ idempotencyKey, found }: StepJob): { readonly resume: number; readonly attempt: number } => {
  if (found !== undefined) return { resume: found.resume, attempt: Infinity }
  const [attempt = 0, resume = 0] = (idempotencyKey ?? "").split("/").toReversed().map(Number)
  return { resume, attempt }
}

const resultOf = ({ outputs, answer }: StepJob): StepResult => ({
  outputs,
  ...(answer === undefined ? {} : { answer: parseJson(answer) })
})
