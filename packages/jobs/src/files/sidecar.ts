import { writeBody } from "@klingkit/core"
import { type Job, quoteOfJob } from "../job.ts"
import type { SavedFile } from "./save-result.ts"

/**
 * What `<file>.json` beside a result says: where it came from and what it cost, for the day when Kling has deleted it.
 * Who submitted the job knows the whole request; others know what the ledger keeps of it, the prompt and the model.
 */
export const sidecarText = (job: Job, file: SavedFile): string => {
  const { handle, task, plan, record } = job
  const about = {
    handle,
    taskId: task.id,
    operation: plan?.operation.id ?? record?.operation,
    model: plan?.model ?? record?.model,
    prompt: record?.prompt,
    request: plan === undefined ? undefined : withoutPictures(writeBody(plan.operation.params, plan.input)),
    quote: quoteOfJob(job),
    charges: task.charges,
    createdAt: isoTime(task.createdAt),
    finishedAt: isoTime(task.updatedAt),
    file: { bytes: file.bytes, mimeType: file.mimeType, sha256: file.sha256 }
  }
  return `${JSON.stringify(about, undefined, 2)}\n`
}

/** Nothing for a time that is none: it comes from outside. */
export const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined || Number.isNaN(new Date(millis).getTime()) ? undefined : new Date(millis).toISOString()

const withoutPictures = (value: unknown): unknown => {
  if (typeof value === "string") return value.length > 30_000 ? `(${value.length} characters of inline media)` : value
  if (Array.isArray(value)) return value.map(withoutPictures)
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutPictures(one)]))
}
