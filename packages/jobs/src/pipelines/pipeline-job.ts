import { familyOfHandle, type Task, type TaskStatus } from "@klingkit/core"
import { type Job, taskOfRecord } from "../job.ts"
import { moneyOfRecord } from "../job-money.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { PipelineRecord, PipelineState } from "../ledger/pipeline-record.ts"
import type { StepJob } from "../ledger/found-steps.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { type PaidStep, paidText } from "../ledger/quoted-money.ts"
import type { PipelineStepView, PipelineView } from "../pipeline-view.ts"
import { stepStateOf } from "./step-state.ts"
import { isUsed, resultSteps } from "./summarize-steps.ts"

export const isPipeline = (id: string): boolean => familyOfHandle(id) === "chain"

/** The process that runs the pipeline may not have noticed the end of the last step yet. */
const statusOf = (state: PipelineState, steps: ReadonlyArray<PipelineStepView>): TaskStatus => {
  if (state === "STOPPED") return "failed"
  if (state === "SUCCEEDED" || steps.every(({ status }) => status === "succeed")) return "succeed"
  return steps.every(({ status }) => status === "waiting") ? "submitted" : "processing"
}

/** A pipeline as a job: its outputs are those of its steps, first those that no other step uses. */
export const pipelineJob = (pipeline: PipelineRecord, jobs: ReadonlyArray<StepJob>, now: number): Job => {
  const resultIds = resultSteps(pipeline.steps)
  const steps = pipeline.steps.map(({ id, operation, quote }): PipelineStepView => {
    const state = stepStateOf(pipeline, id, jobs, now)
    const job = "job" in state ? state.job : undefined
    return {
      id,
      operation,
      quote,
      isResult: resultIds.has(id),
      status: job === undefined ? "waiting" : taskOfRecord(job).status,
      charged: job === undefined || job.found !== undefined ? "no" : moneyOfRecord(job).charged,
      ...(job === undefined ? {} : { handle: job.handle, outputs: primaryOutputs(job), files: job.files }),
      ...(job === undefined || job.model === "" ? {} : { model: job.model }),
      ...(job?.prompt === undefined ? {} : { prompt: job.prompt }),
      ...(job?.found === undefined ? {} : { isFound: true }),
      ...(job === undefined || job.found !== undefined ? {} : { charges: chargesOf(job) })
    }
  })
  const results = steps.filter(({ isResult }) => isResult)
  const isLast = ({ id }: PipelineStepView) => !isUsed(pipeline.steps, id)
  const task: Task = {
    id: pipeline.handle,
    externalId: pipeline.handle,
    status: statusOf(pipeline.state, steps),
    ...(pipeline.message === undefined ? {} : { message: stoppedMessage(pipeline.message, steps) }),
    createdAt: pipeline.createdAt,
    updatedAt: pipeline.updatedAt,
    outputs: [...results.filter(isLast), ...results.filter((step) => !isLast(step))].flatMap(
      ({ outputs = [] }) => outputs
    ),
    charges: jobs.filter(({ found }) => found === undefined).flatMap(chargesOf)
  }
  const view: PipelineView = {
    name: pipeline.name,
    quote: pipeline.quote,
    steps,
    ...(pipeline.request === undefined ? {} : { request: pipeline.request }),
    ...(pipeline.state === "STOPPED" ? { stoppedBy: pipeline.message ?? "" } : {})
  }
  return { handle: pipeline.handle, task, pipeline: view }
}

/** Among the charges of several steps, a charge needs its pack even where Kling does not name it. */
const chargesOf = ({ charges, quote: { pack } }: JobRecord): JobRecord["charges"] =>
  charges.map((charge) => (charge.kind === "unit" && pack !== undefined ? { pack, ...charge } : charge))

/** The outputs worth keeping: Kling returns an audio track beside the video that contains it. */
export const primaryOutputs = ({ outputs }: JobRecord): JobRecord["outputs"] => {
  const videos = outputs.filter(({ type }) => type === "video")
  return videos.length > 0 ? videos : outputs
}

/** What stopped the pipeline, what is already paid, and what remains. */
const stoppedMessage = (message: string, steps: ReadonlyArray<PipelineStepView>): string => {
  const remaining = steps.filter((step) => !isPaid(step) && !isMade(step)).map(({ id }) => id)
  const made = steps.filter(isMade).map(({ id }) => id)
  const found = made.length === 0 ? "" : `; already made: ${made.join(", ")}`
  return `${message}; already paid: ${paidText(paidSteps(steps)) || "nothing"}${found}; remaining: ${remaining.join(", ")}`
}

/** The failure of a pipeline whose step has failed; nothing for other jobs. */
export const stepFailure = ({ handle, pipeline }: Job): JobError | undefined => {
  if (pipeline?.stoppedBy === undefined) return undefined
  const uncertain = pipeline.steps.find(({ charged, status }) => charged === "maybe" || status === "unknown")
  return jobError({
    _tag: "StepFailed",
    taskId: handle,
    detail: pipeline.stoppedBy,
    paid: paidSteps(pipeline.steps),
    ...(uncertain === undefined ? {} : { uncertain: uncertain.status === "unknown" ? "unknown" : "failed" })
  })
}

/** Paid by an earlier pipeline. */
const isMade = ({ isFound, status }: PipelineStepView): boolean => isFound === true && status === "succeed"

const isPaid = ({ charged }: PipelineStepView): boolean => charged === "yes"

const paidSteps = (steps: ReadonlyArray<PipelineStepView>): ReadonlyArray<PaidStep> =>
  steps.filter(isPaid).map(({ id, operation, quote: { units, pack } }) => ({
    step: id,
    operation,
    ...(units === undefined ? {} : { units }),
    ...(pack === undefined ? {} : { pack })
  }))
