import { Charge, Charged, Quote, StoredRequest, TaskOutput, TaskStatus } from "@klingkit/core"
import { Schema } from "effect"
import { JobFile } from "./ledger/job-record.ts"

/** The public view of a step. A step that has not started has no handle. */
export const PipelineStepView = Schema.Struct({
  id: Schema.String,
  operation: Schema.String,
  quote: Quote,
  status: Schema.Literals([...TaskStatus.literals, "waiting"]),
  charged: Charged,
  handle: Schema.optionalKey(Schema.String),
  /** What its request was made with, once it has started. */
  model: Schema.optionalKey(Schema.String),
  prompt: Schema.optionalKey(Schema.String),
  /** Its results are those of the pipeline. All steps have results but the speech and the faces that a lip-sync works on. */
  isResult: Schema.Boolean,
  /** An earlier pipeline has paid for it: it was found, and this one was not charged. */
  isFound: Schema.optionalKey(Schema.Boolean),
  outputs: Schema.optionalKey(Schema.Array(TaskOutput)),
  charges: Schema.optionalKey(Schema.Array(Charge)),
  /** Saved on this machine. */
  files: Schema.optionalKey(Schema.Array(JobFile))
})
export type PipelineStepView = typeof PipelineStepView.Type

/** What the job of a pipeline has beside its task. */
export const PipelineView = Schema.Struct({
  name: Schema.String,
  quote: Quote,
  steps: Schema.Array(PipelineStepView),
  /** The one request that it was planned from; absent where it was put together from several. */
  request: Schema.optionalKey(StoredRequest),
  /** Why a step failed; the pipeline continues from there when it is resumed. */
  stoppedBy: Schema.optionalKey(Schema.String)
})
export type PipelineView = typeof PipelineView.Type
