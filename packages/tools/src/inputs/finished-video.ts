import { invalidInput, isFinished, type KlingError, type TaskOutput } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import type { ToolFailure } from "../tool.ts"

type VideoOutput = Extract<TaskOutput, { readonly type: "video" }>

/** The video of a finished task of any kind, or the video with this id. Its URL is valid as long as Kling keeps the file. */
export const finishedVideo = Effect.fnUntraced(function* (
  field: string,
  taskId: string
): Effect.fn.Return<VideoOutput, ToolFailure, Jobs> {
  const { task } = yield* Jobs.use((jobs) => jobs.status(taskId))
  if (!isFinished(task)) return yield* invalid(field, `is still ${task.status}; call wait_for_task first`)
  const videos = task.outputs.filter((output) => output.type === "video")
  const video = videos.find(({ id }) => id === taskId) ?? videos[0]
  return video ?? (yield* invalid(field, task.status === "failed" ? "failed and made no video" : "made no video"))
})

const invalid = (field: string, message: string): KlingError => invalidInput([{ field, message }])
