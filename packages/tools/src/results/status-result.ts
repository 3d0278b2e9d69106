import { isFinished } from "@klingkit/core"
import { type Job, Jobs, type Preview } from "@klingkit/jobs"
import { Duration, Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { type TaskData, taskSchema, taskResult } from "./task-result.ts"

/** The argument of tools that can return a preview image. */
export const previewArgument = z.boolean().optional().describe("Also shows the images, small")

export const statusSchema = taskSchema.extend({ preview: z.string().optional() })

type StatusResult = ToolResult<z.output<typeof statusSchema>>

/** The state of a task, with a small preview on request if there is time for it. A missing preview never hides the state. */
export const statusResult = (
  job: Job,
  withImage = false,
  timeLeft: Duration.Input = Duration.infinity
): Effect.Effect<StatusResult, never, Jobs> => {
  const result = { ...taskResult(job), job }
  if (!withImage) return Effect.succeed(result)
  const reason = noPreviewReason(job)
  if (reason !== undefined) return Effect.succeed(withPreview(result, `none; ${reason}`))
  return Jobs.use((jobs) => jobs.preview(job)).pipe(
    Effect.match({
      onFailure: ({ reason, message }) =>
        withPreview(result, `none; ${reason._tag === "FetchFailed" ? reason.detail : message}`),
      onSuccess: (preview) => ({
        ...withPreview(result, describe(preview)),
        image: { mimeType: preview.mimeType, data: Base64.encode(preview.bytes) }
      })
    }),
    Effect.timeoutOrElse({
      duration: timeLeft,
      orElse: () => Effect.succeed(withPreview(result, "none; no time was left, ask again"))
    })
  )
}

const withPreview = (result: ToolResult<TaskData>, preview: string): StatusResult => ({
  ...result,
  structured: { ...result.structured, preview },
  // The next step stays on the last line.
  lines: [...result.lines.slice(0, -1), `Preview: ${preview}`, ...result.lines.slice(-1)]
})

const noPreviewReason = ({ task }: Job): string | undefined => {
  if (!isFinished(task)) return "the task has not finished yet"
  if (task.outputs.some(({ type }) => type === "image")) return undefined
  return task.outputs.length === 0
    ? "the task has no results"
    : "only images have one: Kling provides no still of a video"
}

const describe = ({ width, height, images }: Preview): string =>
  `${width}x${height} pixels${images === 1 ? "" : `, ${images} images in reading order`}`
