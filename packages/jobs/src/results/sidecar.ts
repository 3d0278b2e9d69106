import type { StoredRequest } from "@klingkit/core"
import { isExactNumber, writeBody } from "@klingkit/core/internal"
import type { SavedFile } from "@klingkit/media"
import { fieldName, type RequestFacts, requestFacts, type RequestInput } from "@klingkit/core/requests"
import { type Job, quoteOfJob, requestOfJob } from "../job.ts"

/**
 * The content of `<file>.json`: where a result came from and what it cost, for when Kling has deleted it. The process that
 * submitted the job knows the request as it was sent; others know what the ledger keeps.
 */
export const sidecarText = (job: Job, file: SavedFile): string => {
  const { handle, task, plan, record } = job
  const stored = requestOfJob(job)
  const metadata = {
    handle,
    taskId: task.id,
    operation: plan?.operation.id ?? record?.operation,
    model: plan?.model ?? record?.model,
    prompt: record?.prompt,
    ...(stored === undefined ? {} : askedFor(stored)),
    request: plan === undefined ? undefined : elideInlineMedia(writeBody(plan.operation.params, plan.input)),
    quote: quoteOfJob(job),
    charges: task.charges,
    createdAt: isoTime(task.createdAt),
    finishedAt: isoTime(task.updatedAt),
    file: { bytes: file.bytes, mimeType: file.mimeType, sha256: file.sha256 }
  }
  return `${JSON.stringify(metadata, undefined, 2)}\n`
}

/** Files are passed on with what lies beside them: where something lay on this machine stays here. */
const askedFor = (stored: StoredRequest): RequestFacts => {
  const { settings, inputs } = requestFacts(stored, fieldName)
  const named = ({ source, ...input }: RequestInput): RequestInput =>
    source === undefined
      ? input
      : { ...input, source: /^https?:/i.test(source) ? source : (source.split(/[\\/]/).at(-1) ?? "") }
  return { settings, inputs: inputs.map(named) }
}

/** Undefined for an invalid time: it comes from outside. */
export const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined || Number.isNaN(new Date(millis).getTime()) ? undefined : new Date(millis).toISOString()

const elideInlineMedia = (value: unknown): unknown => {
  if (typeof value === "string") return value.length > 30_000 ? `(${value.length} characters of inline media)` : value
  if (Array.isArray(value)) return value.map(elideInlineMedia)
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, elideInlineMedia(one)]))
}
