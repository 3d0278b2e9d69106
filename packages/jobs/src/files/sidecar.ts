import { writeBody } from "@klingkit/core"
import { Effect, FileSystem } from "effect"
import type { Job } from "../job.ts"
import type { SavedFile } from "./save-result.ts"

/**
 * Writes `<file>.json` beside a result: where it came from and what it cost, for the day when Kling has deleted it.
 * Who submitted the job knows the whole request; others know what the ledger keeps of it, the prompt and the model.
 * A file that is there already stays, unless overwriting is allowed; a result without its sidecar is no failure.
 */
export const writeSidecar = Effect.fnUntraced(function* (
  file: SavedFile,
  { handle, task, plan, record }: Job,
  overwrite: boolean
) {
  const fs = yield* FileSystem.FileSystem
  const about = {
    handle,
    taskId: task.id,
    operation: plan?.operation.id ?? record?.operation,
    model: plan?.model ?? record?.model,
    prompt: record?.prompt,
    request: plan === undefined ? undefined : withoutPictures(writeBody(plan.operation.params, plan.input)),
    quote: plan?.quote ?? record?.quote,
    charges: task.charges,
    createdAt: isoTime(task.createdAt),
    finishedAt: isoTime(task.updatedAt),
    file: { bytes: file.bytes, mimeType: file.mimeType }
  }
  const text = `${JSON.stringify(about, undefined, 2)}\n`
  yield* Effect.ignore(fs.writeFileString(`${file.path}.json`, text, { flag: overwrite ? "w" : "wx" }))
})

const isoTime = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

const withoutPictures = (value: unknown): unknown => {
  if (typeof value === "string") return value.length > 30_000 ? `(${value.length} characters of inline media)` : value
  if (Array.isArray(value)) return value.map(withoutPictures)
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutPictures(one)]))
}
