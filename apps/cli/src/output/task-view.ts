import type { Plan, Quote, TaskOutput } from "@klingkit/core"
import { amountText, ignoredText, sanitizeText, unitsText, usdText } from "@klingkit/core/internal"
import { fieldName, requestFacts } from "@klingkit/core/requests"
import {
  type PipelineView,
  type Job,
  promptOfJob,
  quoteOfJob,
  receiptOfJob,
  requestOfJob,
  type SavedResult
} from "@klingkit/jobs"
import { describeQueuePosition, missingOf, missingResultsText } from "@klingkit/jobs/internal"

/** The JSON view of a price; null where it is unknown until charged. Spend limits count `atMost`. */
export const quoteView = ({ units, priceUsd, upperBound, state, rule }: Quote) => ({
  units: units ?? null,
  usd: priceUsd ?? null,
  atMost: upperBound === undefined ? amountView(units, priceUsd) : amountView(upperBound.units, upperBound.priceUsd),
  state,
  rule
})

const amountView = (units: number | undefined, usd: number | undefined) =>
  usd === undefined ? null : { units: units ?? null, usd }

export const quoteText = ({ units, priceUsd, upperBound, state, rule }: Quote): string => {
  const likely =
    priceUsd === undefined
      ? []
      : [`${units === undefined ? "" : `${unitsText(units)}, `}${usdText(priceUsd)} (${state})`]
  const most = upperBound === undefined ? [] : [`at most ${amountText(upperBound.units, upperBound.priceUsd)}`]
  return `${[...likely, ...most].join(", ") || `price ${state}`}: ${rule}`
}

const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

/** The JSON view of a task, the same for every command. Absent fields are unknown. */
export const taskView = (job: Job, files?: ReadonlyArray<SavedResult>) => ({
  handle: job.handle,
  taskId: job.task.id,
  status: job.task.status,
  // Absent unless the job waits for a concurrency slot of the account.
  place: job.queuePosition,
  message: job.task.message === "" ? undefined : job.task.message,
  createdAt: isoTime(job.task.createdAt),
  updatedAt: isoTime(job.task.updatedAt),
  ...(job.plan === undefined ? {} : planView(job.plan)),
  ...askedFor(job),
  ...quotedAs(quoteOfJob(job)),
  ...(job.isDuplicate === true ? { isRepeat: true } : {}),
  ...(job.pipeline === undefined ? {} : { chain: pipelineView(job.pipeline, files) }),
  outputs: job.task.outputs,
  charges: job.task.charges,
  // The same as text. Unknown parts are absent; mismatch is absent when the charge matches the quote.
  receipt: receiptOfJob(job),
  // Absent when all results that were paid for are in.
  missingResults: missingOf(job)?.results,
  files
})

/** The steps of a pipeline; each has its own handle, which also finds its results. */
const pipelineView = ({ name, quote, steps }: PipelineView, saved: ReadonlyArray<SavedResult> = []) => ({
  name,
  quote: quoteView(quote),
  steps: steps.map(({ id, operation, status, handle, quote: own, isFound, charged, charges, outputs, files = [] }) => ({
    id,
    operation,
    status,
    handle,
    quote: quoteView(own),
    // An earlier pipeline has paid for it.
    isFound,
    charged,
    charges,
    outputs,
    files: saved.some(({ step }) => step === id)
      ? saved.flatMap(({ step, path }) => (step === id ? [path] : []))
      : files.map(({ path }) => path)
  }))
})

/** What the ledger keeps of the request, in the names of programs. */
const askedFor = (job: Job) => {
  const stored = requestOfJob(job)
  return stored === undefined ? {} : { prompt: promptOfJob(job), ...requestFacts(stored, fieldName) }
}

const quotedAs = (quote: Quote | undefined) => (quote === undefined ? {} : { quote: quoteView(quote) })

const planView = ({ operation, model, warnings }: Plan) => ({
  operation: operation.id,
  model: model === "" ? undefined : model,
  ...(warnings.length === 0 ? {} : { warnings })
})

/** The same as text. Kling's own message is marked as such. */
export const taskText = (job: Job, files: ReadonlyArray<SavedResult> = []): string => {
  const { task } = job
  const counts = new Map<string, number>()
  const { quoted, charged, mismatch } = receiptOfJob(job)
  const notes = [missingResultsText(job), ignoredText(task)].filter((note) => note !== undefined)
  return [
    `Task ID: ${job.handle}`,
    ...(task.id === job.handle ? [] : [`Kling's ID: ${sanitizeText(task.id, 80)}`]),
    `Status: ${task.status}${job.queuePosition === undefined ? "" : `, ${describeQueuePosition(job.queuePosition)}`}`,
    ...(job.pipeline?.steps ?? []).map(
      ({ id, status, handle, isFound }) =>
        `Step ${id}: ${status}${handle === undefined ? "" : `, ${handle}`}${isFound === true ? ", already made" : ""}`
    ),
    ...(task.message === undefined || task.message === "" ? [] : [`Message: ${sanitizeText(task.message)}`]),
    ...(quoted === undefined ? [] : [`Quoted: ${quoted}`]),
    ...(charged === undefined ? [] : [`Charged: ${charged}`]),
    ...notes.map((note) => `Note: ${note}`),
    ...(mismatch === undefined ? [] : [`Warning: ${mismatch}; check Kling's billing record`]),
    ...resultsOf(job).flatMap(({ output, step }) => {
      const number = (counts.get(output.type) ?? 0) + 1
      counts.set(output.type, number)
      return outputLines(output, `${number}${step === undefined ? "" : `, step ${step}`}`)
    }),
    ...files.flatMap(({ path, sha256, isKept }) => [
      `File: ${path}`,
      `- SHA-256: ${sha256}`,
      ...(isKept === true ? ["- Already saved"] : [])
    ])
  ].join("\n")
}

/** The results of a pipeline are listed in the order of its steps. */
const resultsOf = ({ task, pipeline }: Job): ReadonlyArray<{ readonly output: TaskOutput; readonly step?: string }> =>
  pipeline === undefined
    ? task.outputs.map((output) => ({ output }))
    : pipeline.steps.flatMap(({ id, isResult, outputs = [] }) =>
        isResult ? outputs.map((output) => (task.outputs.length === 1 ? { output } : { output, step: id })) : []
      )

const outputLines = (output: TaskOutput, number: string): ReadonlyArray<string> => {
  const { type, ...facts } = output
  return [
    `${type.charAt(0).toUpperCase()}${type.slice(1)} ${number}`,
    ...Object.entries(facts).map(([name, value]) => {
      const unit = name.endsWith("Seconds") ? " s" : ""
      return `- ${labelOf(name)}: ${sanitizeText(String(value), 2000)}${unit}`
    })
  ]
}

/** Labels `durationSeconds` as `Duration` and `url` as `URL`. */
const labelOf = (field: string): string => {
  const name = field.replace(/Seconds$/, "")
  const words =
    name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.replace(/\b(url|id)\b/gi, (word) => word.toUpperCase())
}
