import { Effect } from "effect"
import * as z from "zod"
import { planVideo } from "../plan/plan-video.ts"
import { defaultReferenceModel } from "../plan/video-request.ts"
import { renameFields } from "./field-names.ts"
import { libraryIds } from "./library-ids.ts"
import { suggested } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import { planFields } from "./operation-fields.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"
import {
  checkSourceLength,
  checkSourceModel,
  operationFor,
  refuseReferences,
  requiresApiKey,
  sourceVideoModels
} from "./source-video.ts"
import {
  aspectRatioField,
  elements,
  prompt,
  referenceImages,
  retiredVideoFields,
  videoAliases,
  type VideoModelName,
  videoSettings
} from "./video-fields.ts"

const { model: _, ...settings } = videoSettings
const others = sourceVideoModels.filter((id) => id !== defaultReferenceModel)

/** The fields of an operation that continues a video itself. */
const ofExtension = {
  prompt: "prompt",
  video: "video",
  resolution: "resolution",
  durationSeconds: "durationSeconds",
  dynamicRange: "dynamicRange",
  aspectRatio: "aspectRatio"
} as const

export const extendVideo = defineRequest({
  id: "extend_video",
  title: "Extend video",
  summary: "Make the next shot of a finished video: a new video that continues its look, subjects and motion",
  method: "video.extend",
  result: "video",
  input: z.strictObject({
    video: media("video", "Task ID of the video, or its URL"),
    prompt: prompt.describe("What happens next"),
    model: modelField("video", suggested<VideoModelName>())
      .describe(`Default ${defaultReferenceModel}; or ${others.join(", ")}`)
      .optional(),
    ...settings,
    referenceImages,
    elements,
    // Whether Kling follows the video is not documented; its default is 16:9.
    aspectRatio: aspectRatioField("That of the video, if it is not 16:9")
  }),
  source: "video",
  aliases: {
    task_id: "video",
    model_name: "model",
    element_ids: "elements",
    mode: videoAliases["mode"] ?? "resolution"
  },
  refused: {
    ...retiredVideoFields,
    audio: "cannot be combined with a reference video; the new shot is silent",
    negativePrompt: "cannot be combined with a reference video; say it in the prompt"
  },
  example: { video: "https://example.com/fox.mp4", prompt: "The fox turns and looks into the camera" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { video: source, prompt: words, model = defaultReferenceModel, ...request } = input
      yield* checkSourceModel(model, "continue")
      const video = yield* context.video("video", source)
      yield* checkSourceLength(model, "continued", video)
      const extension = operationFor(model, "extend")
      if (extension !== undefined) {
        if (context.credential === "key-pair") return yield* requiresApiKey(model)
        yield* refuseReferences(model, input)
        return yield* planFields(extension, ofExtension, { ...request, prompt: words, video: video.url }, context)
      }
      const referenceImages = yield* Effect.forEach(input.referenceImages ?? [], (image, index) =>
        context.image(`referenceImages[${index}]`, image)
      )
      const plan = yield* planVideo(
        {
          ...present(request),
          ...(yield* libraryIds(input, context)),
          referenceImages,
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
