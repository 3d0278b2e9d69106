import { invalidInput } from "@klingkit/core"
import type { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import type { ToolFailure } from "../tool.ts"
import { finishedVideo } from "./finished-video.ts"

/** Arguments for a video by URL or by the task that made it. */
export const videoSource = {
  video_url: z.string().optional().describe("Video by URL; or task_id"),
  task_id: z.string().optional().describe("Task that made the video")
}

/** The URL of the video that `videoSource` arguments name. */
export const videoSourceUrl = ({
  video_url,
  task_id
}: {
  readonly video_url?: string | undefined
  readonly task_id?: string | undefined
}): Effect.Effect<string, ToolFailure, Jobs> => {
  if (task_id === undefined && video_url !== undefined) return Effect.succeed(video_url)
  return task_id !== undefined && video_url === undefined
    ? Effect.map(finishedVideo("task_id", task_id), ({ url }) => url)
    : Effect.fail(invalidInput([{ field: "video_url", message: "or task_id is required, but not both" }]))
}
