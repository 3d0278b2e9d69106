import { sanitizeText } from "@klingkit/core/internal"
import { requestFacts, type RequestInput } from "@klingkit/core/requests"
import { type Job, promptOfJob, requestOfJob } from "@klingkit/jobs"
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
  const { record, plan } = job
  const stored = requestOfJob(job)
  const { settings, inputs } = stored === undefined ? noFacts : requestFacts(stored, argumentName)
  const model = record?.model ?? plan?.model ?? ""
  const prompt = promptOfJob(job)
  return {
    ...(model === "" ? {} : { model: sanitizeText(model, 40) }),
    ...(prompt === undefined ? {} : { prompt: sanitizeText(prompt, longestPrompt) }),
    ...(Object.keys(settings).length === 0 ? {} : { settings: { ...settings } }),
    ...(inputs.length === 0 ? {} : { inputs: inputs.map(inputData) })
  }
}

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
