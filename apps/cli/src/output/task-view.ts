import { type Plan, type Quote, type TaskOutput, untrustedText, usdText } from "@klingkit/core"
import { type ChainView, describePlace, type Job, quoteOfJob, receiptOfJob, type SavedFile } from "@klingkit/jobs"

/** A price as programs read it; null where it cannot be known before. Limits count `atMost`. */
export const quoteView = ({ units, priceUsd, atMost, state, rule }: Quote) => ({
  units: units ?? null,
  usd: priceUsd ?? null,
  atMost: atMost === undefined ? amountView(units, priceUsd) : amountView(atMost.units, atMost.priceUsd),
  state,
  rule
})

const amountView = (units: number | undefined, usd: number | undefined) =>
  usd === undefined ? null : { units: units ?? null, usd }

export const quoteText = ({ units, priceUsd, atMost, state, rule }: Quote): string => {
  const likely =
    priceUsd === undefined ? [] : [`${units === undefined ? "" : `${units} units, `}${usdText(priceUsd)} (${state})`]
  const most =
    atMost === undefined
      ? []
      : [
          `at most ${atMost.units === undefined ? usdText(atMost.priceUsd) : `${atMost.units} units (${usdText(atMost.priceUsd)})`}`
        ]
  return `${[...likely, ...most].join(", ") || `price ${state}`}: ${rule}`
}

const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

/** A task as every command with `--json` shows it. Absent fields are not known. */
export const taskView = (job: Job, files?: ReadonlyArray<SavedFile>) => ({
  handle: job.handle,
  taskId: job.task.id,
  status: job.task.status,
  // Absent unless it waits for one of the account's parallel places.
  place: job.place,
  message: job.task.message === "" ? undefined : job.task.message,
  createdAt: isoTime(job.task.createdAt),
  updatedAt: isoTime(job.task.updatedAt),
  ...(job.plan === undefined ? {} : planView(job.plan)),
  ...quotedAs(quoteOfJob(job)),
  ...(job.isRepeat === true ? { isRepeat: true } : {}),
  ...(job.chain === undefined ? {} : { chain: chainView(job.chain) }),
  outputs: job.task.outputs,
  charges: job.task.charges,
  // The same in words; what is absent is not known, and a mismatch is absent when Kling took what was quoted.
  receipt: receiptOfJob(job),
  files
})

/** The steps of a chain; each has its own handle, by which what it made is found too. */
const chainView = ({ name, quote, steps }: ChainView) => ({
  name,
  quote: quoteView(quote),
  steps: steps.map(({ id, operation, status, handle, quote: own }) => ({
    id,
    operation,
    status,
    handle,
    quote: quoteView(own)
  }))
})

const quotedAs = (quote: Quote | undefined) => (quote === undefined ? {} : { quote: quoteView(quote) })

const planView = ({ operation, model, warnings }: Plan) => ({
  operation: operation.id,
  model: model === "" ? undefined : model,
  ...(warnings.length === 0 ? {} : { warnings })
})

/** The same for people. Kling's own words are marked as such. */
export const taskText = (job: Job, files: ReadonlyArray<SavedFile> = []): string => {
  const { task } = job
  const counts = new Map<string, number>()
  const { quoted, charged, mismatch } = receiptOfJob(job)
  return [
    `Task ID: ${job.handle}`,
    ...(task.id === job.handle ? [] : [`Kling's ID: ${untrustedText(task.id, 80)}`]),
    `Status: ${task.status}${job.place === undefined ? "" : `, ${describePlace(job.place)}`}`,
    ...(job.chain?.steps ?? []).map(
      ({ id, status, handle }) => `Step ${id}: ${status}${handle === undefined ? "" : `, ${handle}`}`
    ),
    ...(task.message === undefined || task.message === "" ? [] : [`Message: ${untrustedText(task.message)}`]),
    ...(quoted === undefined ? [] : [`Quoted: ${quoted}`]),
    ...(charged === undefined ? [] : [`Charged: ${charged}`]),
    ...(mismatch === undefined ? [] : [`Warning: ${mismatch}; look at Kling's billing record`]),
    ...task.outputs.flatMap((output) => {
      const number = (counts.get(output.type) ?? 0) + 1
      counts.set(output.type, number)
      return outputLines(output, number)
    }),
    ...files.flatMap(({ path, sha256 }) => [`File: ${path}`, `- SHA-256: ${sha256}`])
  ].join("\n")
}

const outputLines = (output: TaskOutput, number: number): ReadonlyArray<string> => {
  const { type, ...facts } = output
  return [
    `${type.charAt(0).toUpperCase()}${type.slice(1)} ${number}`,
    ...Object.entries(facts).map(([name, value]) => `- ${labelOf(name)}: ${untrustedText(String(value), 2000)}`)
  ]
}

/** `durationSeconds` is shown as `Duration seconds`, `url` as `URL`. */
const labelOf = (name: string): string =>
  (name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)).replace(
    /\b(url|id)\b/gi,
    (word) => word.toUpperCase()
  )
