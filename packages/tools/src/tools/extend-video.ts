import { findVideoModel, invalidInput, replacementFor } from "@klingkit/core"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { finishedVideo } from "../inputs/finished-video.ts"
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

/** Lengths in seconds of a reference video, by model. */
const referenceSeconds = { "kling-3.0-omni": [3, 15.5], "kling-o1": [3, 10] } as const
const defaultModel = "kling-3.0-omni"

/** Whether klingkit knows that the model takes no reference video; an unknown one may. */
const cannotContinue = (model: string): boolean =>
  findVideoModel(model)?.referenceVideo === false || replacementFor("video", model) !== undefined

const { model_name: _, audio: __, multi_shot: ___, ...settings } = videoSettings

export const extendVideo = definePaidTool({
  name: "extend_video",
  title: "Extend video",
  description:
    "Make the next shot of a finished video: a new video, without audio, that continues its look, subjects and motion. Paid. Returns a Task ID at once.",
  toolset: "core",
  input: z.strictObject({
    task_id: taskId,
    prompt: taskPrompt.describe("What happens next"),
    model_name: z.string().optional().describe(`Default ${defaultModel}; or kling-o1`),
    ...settings,
    aspect_ratio: videoAspectRatio.describe("Default: same as the video"),
    ...paidArguments
  }),
  refused: {
    ...retiredVideoArguments,
    audio: "cannot be combined with a reference video; the new shot is silent",
    negative_prompt: "cannot be combined with a reference video; say it in the prompt"
  },
  plan: Effect.fnUntraced(function* (args) {
    const model = args.model_name
    if (model !== undefined && cannotContinue(model)) {
      const message = `${model} cannot continue a video; choose ${Object.keys(referenceSeconds).join(", ")}`
      return yield* invalidInput([{ field: "model_name", message }])
    }
    const jobs = yield* Jobs
    const video = yield* finishedVideo("task_id", args.task_id)
    const seconds = video.durationSeconds
    const [shortest, longest] =
      args.model_name === "kling-o1" ? referenceSeconds["kling-o1"] : referenceSeconds[defaultModel]
    if (seconds !== undefined && (seconds < shortest || seconds > longest)) {
      const message = `is a video of ${seconds} s; only videos of ${shortest} to ${longest} s can be continued`
      return yield* invalidInput([{ field: "task_id", message }])
    }
    const prompt = args.prompt.includes("@video_1") ? args.prompt : `The shot that follows @video_1: ${args.prompt}`
    const { task_id: _task, ...request } = args
    const plan = yield* planVideoArguments(
      { model_name: defaultModel, ...request, prompt },
      { referenceVideo: video.url }
    )
    const warning = "the result is only the next shot, not a longer video: Kling removed that on 2026-09-15"
    return yield* jobs.refineQuote({ ...plan, warnings: [...plan.warnings, warning] })
  }),
  summary: () => "Video extension started successfully!"
})
