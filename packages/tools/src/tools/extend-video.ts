import { findVideoModel, invalidInput, successorOf } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { finishedClip } from "../inputs/finished-clip.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import {
  planVideoArguments,
  retiredVideoArguments,
  taskPrompt,
  videoAspectRatio,
  videoSettings
} from "../inputs/video-arguments.ts"
import { taskId } from "../inputs/task-id.ts"
import { definePaidTool } from "../paid-tool.ts"

/** Lengths in seconds of a clip that omni takes as its reference. */
const referable = { "kling-3.0-omni": [3, 15.5], "kling-o1": [3, 10] } as const
const usualModel = "kling-3.0-omni"

/** A model that klingkit knows to take no clip as reference; a newer one may. */
const cannotContinue = (model: string): boolean =>
  findVideoModel(model)?.referenceVideo === false || successorOf("video", model) !== undefined

const { model_name: _, audio: __, multi_shot: ___, ...settings } = videoSettings

export const extendVideo = definePaidTool({
  name: "extend_video",
  title: "Extend video",
  description:
    "Make the next shot of a finished video: a new clip that takes up its look, subjects and motion. Paid. Gives a Task ID at once.",
  toolset: "core",
  input: z.strictObject({
    task_id: taskId,
    prompt: taskPrompt.describe("What happens next"),
    model_name: z.string().optional().describe(`Default ${usualModel}; or kling-o1`),
    ...settings,
    aspect_ratio: videoAspectRatio.describe("Default that of the video"),
    ...paidArguments
  }),
  refused: {
    ...retiredVideoArguments,
    audio: "is not made beside a reference clip; the new shot is silent",
    negative_prompt: "is not taken with a reference clip; say it in the prompt"
  },
  plan: Effect.fnUntraced(function* (args) {
    const other = args.model_name
    if (other !== undefined && cannotContinue(other)) {
      const message = `${other} cannot continue a clip; choose ${Object.keys(referable).join(", ")}`
      return yield* invalidInput([{ field: "model_name", message }])
    }
    const jobs = yield* Jobs
    const clip = yield* finishedClip("task_id", args.task_id)
    const seconds = clip.durationSeconds
    const [shortest, longest] = args.model_name === "kling-o1" ? referable["kling-o1"] : referable[usualModel]
    if (seconds !== undefined && (seconds < shortest || seconds > longest)) {
      const message = `is a clip of ${seconds} s; only clips of ${shortest} to ${longest} s can be continued`
      return yield* invalidInput([{ field: "task_id", message }])
    }
    const prompt = args.prompt.includes("@video_1") ? args.prompt : `The shot that follows @video_1: ${args.prompt}`
    const { task_id: _task, ...request } = args
    const plan = yield* planVideoArguments({ model_name: usualModel, ...request, prompt }, { referenceVideo: clip.url })
    const warning =
      "the result is the next shot alone, not the video with more at its end: Kling switched that off on 2026-09-15"
    return yield* jobs.priced({ ...plan, warnings: [...plan.warnings, warning] })
  }),
  opening: () => "Video extension started successfully!"
})
