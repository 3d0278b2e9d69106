import { invalidInput, isFinished, type KlingError, type TaskOutput } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import type { ToolFailure } from "../tool.ts"

export type Clip = Extract<TaskOutput, { readonly type: "video" }>

/** The clip that an earlier task has made, of whatever kind, or that has this id; its URL is good as long as Kling keeps the file. */
export const finishedClip = Effect.fnUntraced(function* (
  field: string,
  taskId: string
): Effect.fn.Return<Clip, ToolFailure, Jobs> {
  const { task } = yield* Jobs.use((jobs) => jobs.status(taskId))
  if (!isFinished(task)) return yield* wrong(field, `is ${task.status}: wait for it first, with wait_for_task`)
  const clips = task.outputs.filter((output) => output.type === "video")
  const clip = clips.find(({ id }) => id === taskId) ?? clips[0]
  return clip ?? (yield* wrong(field, task.status === "failed" ? "has failed: it made no clip" : "made no clip"))
})

const wrong = (field: string, message: string): KlingError => invalidInput([{ field, message }])
