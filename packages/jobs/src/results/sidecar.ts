import { isExactNumber, writeBody } from "@klingkit/core/internal"
import type { SavedFile } from "@klingkit/media"
import { type Job, quoteOfJob } from "../job.ts"

/**
 * The content of `<file>.json`: where a result came from and what it cost, for when Kling has deleted it. The process that
 * submitted the job knows the full request; others know what the ledger keeps, the prompt and the model.
 */
export const sidecarText = (job: Job, file: SavedFile): string => {
  const { handle, task, plan, record } = job
  const metadata = {
    handle,
    taskId: task.id,
    operation: plan?.operation.id ?? record?.operation,
    model: plan?.model ?? record?.model,
    prompt: record?.prompt,
    request: plan === undefined ? undefined : elideInlineMedia(writeBody(plan.operation.params, plan.input)),
    quote: quoteOfJob(job),
    charges: task.charges,
    createdAt: isoTime(task.createdAt),
    finishedAt: isoTime(task.updatedAt),
    file: { bytes: file.bytes, mimeType: file.mimeType, sha256: file.sha256 }
  }
  return `${JSON.stringify(metadata, undefined, 2)}\n`
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
