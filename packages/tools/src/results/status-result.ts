import { isFinished } from "@klingkit/core"
import { type Job, Jobs, type Preview } from "@klingkit/jobs"
import { Duration, Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import * as z from "zod"
import type { PreviewImage, ToolResult } from "../tool.ts"
import { type TaskData, taskSchema, taskResult } from "./task-result.ts"

/** The argument of tools that can return a preview image. */
export const previewArgument = z.boolean().optional().describe("Also a small preview")

export const statusSchema = taskSchema.extend({ preview: z.string().optional() })

type StatusResult = ToolResult<z.output<typeof statusSchema>>

/** The state of a task, with a small preview on request if there is time for it. A missing preview never hides the state. */
export const statusResult = (
  job: Job,
  withImage = false,
  timeLeft: Duration.Input = Duration.infinity
): Effect.Effect<StatusResult, never, Jobs> => {
  const result = { ...taskResult(job), job }
  return withImage
    ? Effect.map(drawPreview(job, timeLeft), (drawn) => withPreview(result, drawn))
    : Effect.succeed(result)
}

/** A preview and what it shows, or why there is none. */
export interface DrawnPreview {
  readonly text: string
  readonly images: ReadonlyArray<PreviewImage>
}

export const drawPreview = (job: Job, timeLeft: Duration.Input): Effect.Effect<DrawnPreview, never, Jobs> => {
  const none = (why: string): DrawnPreview => ({ text: `none; ${why}`, images: [] })
  const reason = noPreviewReason(job)
  if (reason !== undefined) return Effect.succeed(none(reason))
  return Jobs.use((jobs) => jobs.preview(job)).pipe(
    Effect.match({
      onFailure: ({ reason, message }) => none(reason._tag === "FetchFailed" ? reason.detail : message),
      onSuccess: (preview) => ({
        text: describe(preview),
        images: [{ mimeType: preview.mimeType, data: Base64.encode(preview.bytes) }]
      })
    }),
    Effect.timeoutOrElse({
      duration: timeLeft,
      orElse: () => Effect.succeed(none("no time was left, ask again"))
    })
  )
}

const withPreview = (result: ToolResult<TaskData>, { text, images }: DrawnPreview): StatusResult => ({
  ...result,
  structured: { ...result.structured, preview: text },
  images,
  // The next step stays on the last line.
  lines: [...result.lines.slice(0, -1), `Preview: ${text}`, ...result.lines.slice(-1)]
})

const noPreviewReason = ({ task }: Job): string | undefined => {
  if (!isFinished(task)) return "the task has not finished yet"
  if (task.outputs.some(({ type }) => type === "image" || type === "video")) return undefined
  return task.outputs.length === 0 ? "the task has no results" : "only images and videos have one"
}

const describe = ({ width, height, images, frameSeconds }: Preview): string => {
  const several = images === 1 ? "" : `, ${images} ${frameSeconds === undefined ? "images" : "frames"} in reading order`
  return `${width}x${height} pixels${several}${frameSeconds === undefined ? "" : `, at ${frameSeconds.join(", ")} s`}`
}
