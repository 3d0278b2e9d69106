import { sanitizeText } from "@klingkit/core/internal"
import { requestFacts, type RequestInput } from "@klingkit/core/requests"
import { type Job, type PipelineView, promptOfJob, requestOfJob } from "@klingkit/jobs"
import * as z from "zod"
import { argumentName } from "../argument-name.ts"

/** What a task was asked for, under the names of arguments: `repeat_task` takes the same ones. Absent where it is not known. */
export const factsSchema = {
  model: z.string().optional(),
  prompt: z.string().optional(),
  // Their fields are left to the result itself: each description is paid for by every conversation.
  settings: z.looseObject({}).optional(),
  inputs: z.array(z.looseObject({})).optional()
}

export interface FactsData {
  readonly model?: string
  readonly prompt?: string
  readonly settings?: Record<string, unknown>
  readonly inputs?: Array<Record<string, unknown>>
}

/** `longestPrompt` in characters: several tasks in one result have less room for each. */
export const structuredFacts = (job: Job, longestPrompt: number): FactsData => {
  const { record, plan, pipeline } = job
  const stored = requestOfJob(job)
  const { settings, inputs } = stored === undefined ? noFacts : requestFacts(stored, argumentName)
  const model = record?.model ?? (pipeline === undefined ? plan?.model : of(pipeline, "model").join(", ")) ?? ""
  const prompt = promptOfJob(job) ?? (pipeline === undefined ? undefined : promptsOf(pipeline))
  return {
    ...(model === "" ? {} : { model: sanitizeText(model, 40) }),
    ...(prompt === undefined ? {} : { prompt: sanitizeText(prompt, longestPrompt) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings: { ...settings } }),
    ...(inputs.length === 0 ? {} : { inputs: inputs.map(inputData) })
  }
}

/** Each once, in the order of the steps. */
const of = ({ steps }: PipelineView, fact: "model" | "prompt"): ReadonlyArray<string> => [
  ...new Set(steps.flatMap((step) => step[fact] ?? []))
]

/** A pipeline of several requests has the prompt of each, under its own name. */
const promptsOf = (pipeline: PipelineView): string => [pipeline.name, of(pipeline, "prompt").join(" / ")].join(": ")

/** Its digest is of use to programs only; content that was not kept has no other mark. */
const inputData = ({ name, source, sha256 }: RequestInput): Record<string, unknown> => ({
  name,
  ...(source !== undefined ? { source } : sha256 !== undefined ? { sha256 } : {})
})

const noFacts = { settings: {}, inputs: [] as ReadonlyArray<RequestInput> }

/** The same as text. */
export const factLines = ({ model, prompt, settings = {}, inputs = [] }: FactsData): ReadonlyArray<string> => [
  ...(model === undefined ? [] : [`Model: ${model}`]),
  ...(prompt === undefined ? [] : [`Prompt: ${prompt}`]),
  ...(Object.keys(settings).length === 0 ? [] : [`Settings: ${settingsText(settings)}`]),
  ...inputs.map(({ name, source }) => `Input ${String(name)}: ${typeof source === "string" ? source : notKept}`)
]

const notKept = "given as content, which is not kept"

const settingsText = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ")
