import { invalidInput } from "@klingkit/core"
import type { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import type { ToolFailure } from "../tool.ts"
import { finishedClip } from "./finished-clip.ts"

/** A clip by URL, or the task that made it. */
export const clipSource = {
  video_url: z.string().optional().describe("Clip by URL; or task_id"),
  task_id: z.string().optional().describe("Task that made the clip")
}

/** The URL of the clip that was named in one of the two ways. */
export const clipUrl = ({
  video_url,
  task_id
}: {
  readonly video_url?: string | undefined
  readonly task_id?: string | undefined
}): Effect.Effect<string, ToolFailure, Jobs> => {
  if (task_id === undefined && video_url !== undefined) return Effect.succeed(video_url)
  return task_id !== undefined && video_url === undefined
    ? Effect.map(finishedClip("task_id", task_id), ({ url }) => url)
    : Effect.fail(invalidInput([{ field: "video_url", message: "or task_id is needed, and not both" }]))
}
