import { isFinished } from "@klingkit/core"
import { type Job, Jobs, type Preview } from "@klingkit/jobs"
import { Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { type TaskFacts, taskFacts, taskResult } from "./task-result.ts"

/** The argument of a tool that can show what it speaks of. */
export const previewWanted = z.boolean().optional().describe("Also a small picture of the images")

export const seenFacts = taskFacts.extend({ preview: z.string().optional() })

type Seen = ToolResult<z.output<typeof seenFacts>>

/** The state of a task, and on request a small picture of what it has made. That there is none never hides the state. */
export const seenResult = (job: Job, wanted = false): Effect.Effect<Seen, never, Jobs> => {
  const result = { ...taskResult(job), job }
  if (!wanted) return Effect.succeed(result)
  const why = whyNone(job)
  if (why !== undefined) return Effect.succeed(withPreview(result, `none; ${why}`))
  return Jobs.use((jobs) => jobs.preview(job)).pipe(
    Effect.match({
      onFailure: ({ reason, message }) =>
        withPreview(result, `none; ${reason._tag === "FetchFailed" ? reason.detail : message}`),
      onSuccess: (preview) => ({
        ...withPreview(result, wordsFor(preview)),
        picture: { mimeType: preview.mimeType, data: Base64.encode(preview.bytes) }
      })
    })
  )
}

const withPreview = (result: ToolResult<TaskFacts>, preview: string): Seen => ({
  ...result,
  facts: { ...result.facts, preview },
  // What comes next stays the last word.
  lines: [...result.lines.slice(0, -1), `Preview: ${preview}`, ...result.lines.slice(-1)]
})

const whyNone = ({ task }: Job): string | undefined => {
  if (!isFinished(task)) return "the task has not ended yet"
  if (task.outputs.some(({ type }) => type === "image")) return undefined
  return task.outputs.length === 0
    ? "the task has made nothing"
    : "only images have one: Kling gives no still of a clip"
}

const wordsFor = ({ width, height, pictures }: Preview): string =>
  `${width}x${height} pixels${pictures === 1 ? "" : `, ${pictures} images in reading order`}`
