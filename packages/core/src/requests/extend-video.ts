import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { findVideoModel } from "../models/video-models.ts"
import { replacementFor } from "../models/retired-models.ts"
import { planVideo } from "../plan/plan-video.ts"
import { renameFields } from "./field-names.ts"
import { media } from "./media-field.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"
import { aspectRatio, prompt, retiredVideoFields, videoAliases, videoSettings } from "./video-fields.ts"

/** Lengths in seconds of a video that omni takes as its reference. */
const referenceLengths = { "kling-3.0-omni": [3, 15.5], "kling-o1": [3, 10] } as const
const defaultModel = "kling-3.0-omni"

/** A model that klingkit knows to take no reference video; a newer one may. */
const cannotContinue = (model: string): boolean =>
  findVideoModel(model)?.referenceVideo === false || replacementFor("video", model) !== undefined

const { model: _, ...settings } = videoSettings

export const extendVideo = defineRequest({
  id: "extend_video",
  title: "Extend video",
  summary: "Make the next shot of a finished video: a new video that continues its look, subjects and motion",
  command: "video extend",
  result: "video",
  input: z.strictObject({
    video: media("video", "Task ID of the video, or its URL"),
    prompt: prompt.describe("What happens next"),
    model: z.string().describe(`Default ${defaultModel}; or kling-o1`).optional(),
    ...settings,
    aspectRatio: aspectRatio.describe("Default: same as the video")
  }),
  source: "video",
  aliases: { task_id: "video", model_name: "model", mode: videoAliases["mode"] ?? "resolution" },
  refused: {
    ...retiredVideoFields,
    audio: "cannot be combined with a reference video; the new shot is silent",
    negativePrompt: "cannot be combined with a reference video; say it in the prompt"
  },
  example: { video: "https://example.com/fox.mp4", prompt: "The fox turns and looks into the camera" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { video: source, prompt: words, model = defaultModel, ...request } = input
      if (cannotContinue(model)) {
        const message = `${model} cannot continue a video; choose ${Object.keys(referenceLengths).join(", ")}`
        return yield* invalidInput([{ field: "model", message }])
      }
      const video = yield* context.video("video", source)
      const [min, max] = model === "kling-o1" ? referenceLengths["kling-o1"] : referenceLengths[defaultModel]
      const seconds = video.durationSeconds
      if (seconds !== undefined && (seconds < min || seconds > max)) {
        const message = `is a video of ${seconds} s; only videos of ${min} to ${max} s can be continued`
        return yield* invalidInput([{ field: "video", message }])
      }
      const plan = yield* planVideo(
        {
          ...present(request),
          model,
          prompt: words.includes("@video_1") ? words : `The shot that follows @video_1: ${words}`,
          referenceVideo: video.url
        },
        context.credential
      ).pipe(renameFields((field) => (field === "referenceVideo" ? "video" : field)))
      const warning = "the result is only the next shot, not a longer video: Kling removed that on 2026-09-15"
      return yield* context.refineQuote({ ...plan, warnings: [...plan.warnings, warning] })
    })
})
