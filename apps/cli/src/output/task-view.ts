import { type Charge, type Plan, type Quote, quoteMismatch, type TaskOutput, untrustedText } from "@klingkit/core"
import type { Job, SavedFile } from "@klingkit/jobs"

/** A price as programs read it; null where it cannot be known before. */
export const quoteView = (quote: Quote) => ({
  units: quote.units ?? null,
  usd: quote.priceUsd ?? null,
  state: quote.state,
  rule: quote.rule
})

export const quoteText = ({ units, priceUsd, state, rule }: Quote): string =>
  priceUsd === undefined ? `price ${state}: ${rule}` : `${units} units, $${priceUsd} (${state}): ${rule}`

const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

/** A task as every command with `--json` shows it. Absent fields are not known. */
export const taskView = (job: Job, files?: ReadonlyArray<SavedFile>) => ({
  handle: job.handle,
  taskId: job.task.id,
  status: job.task.status,
  message: job.task.message === "" ? undefined : job.task.message,
  createdAt: isoTime(job.task.createdAt),
  updatedAt: isoTime(job.task.updatedAt),
  ...(job.plan === undefined ? {} : planView(job.plan)),
  ...(job.isRepeat === true ? { isRepeat: true } : {}),
  outputs: job.task.outputs,
  charges: job.task.charges,
  // Absent when Kling took what was quoted.
  quoteMismatch: mismatchOf(job),
  files
})

const mismatchOf = ({ plan, record, task }: Job) => quoteMismatch(plan?.quote ?? record?.quote, task.charges)

const planView = ({ operation, model, quote, warnings }: Plan) => ({
  operation: operation.id,
  model: model === "" ? undefined : model,
  quote: quoteView(quote),
  ...(warnings.length === 0 ? {} : { warnings })
})

/** The same for people. Kling's own words are marked as such. */
export const taskText = (job: Job, files: ReadonlyArray<SavedFile> = []): string => {
  const { task } = job
  const counts = new Map<string, number>()
  const mismatch = mismatchOf(job)
  return [
    `Task ID: ${job.handle}`,
    ...(task.id === job.handle ? [] : [`Kling's ID: ${untrustedText(task.id, 80)}`]),
    `Status: ${task.status}`,
    ...(task.message === undefined || task.message === "" ? [] : [`Message: ${untrustedText(task.message)}`]),
    ...(task.charges.length === 0 ? [] : [`Charged: ${task.charges.map(chargeText).join(", ")}`]),
    ...(mismatch === undefined
      ? []
      : [
          `Warning: quoted ${mismatch.quotedUnits} units, charged ${mismatch.chargedUnits}: look at Kling's billing record`
        ]),
    ...task.outputs.flatMap((output) => {
      const number = (counts.get(output.type) ?? 0) + 1
      counts.set(output.type, number)
      return outputLines(output, number)
    }),
    ...files.map((file) => `File: ${file.path}`)
  ].join("\n")
}

export const chargeText = (charge: Charge): string =>
  charge.kind === "unit"
    ? `${charge.amount} units${charge.pack === undefined ? "" : ` of ${untrustedText(charge.pack, 60)}`}`
    : `${charge.amount} ${untrustedText(charge.currency ?? "USD", 8)}`

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
