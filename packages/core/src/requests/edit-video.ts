import { Effect } from "effect"
import * as z from "zod"
import { planVideo } from "../plan/plan-video.ts"
import { defaultReferenceModel } from "../plan/video-request.ts"
import { renameFields } from "./field-names.ts"
import { libraryIds } from "./library-ids.ts"
import { listedValue, suggested } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"
import { checkSourceLength, checkSourceModel, sourceVideoModels } from "./source-video.ts"
import { dynamicRange, elements, prompt, referenceImages, type VideoModelName, videoSettings } from "./video-fields.ts"

const others = sourceVideoModels.filter((id) => id !== defaultReferenceModel)

export const editVideo = defineRequest({
  id: "edit_video",
  title: "Edit video",
  summary: "Change what a finished video shows, as the prompt says; the result is as long as the video",
  method: "video.edit",
  result: "video",
  input: z.strictObject({
    video: media("video", "Task ID of the video, or its URL"),
    prompt: prompt.describe("What to change"),
    model: modelField("video", suggested<VideoModelName>())
      .describe(`Default ${defaultReferenceModel}; or ${others.join(", ")}`)
      .optional(),
    referenceImages,
    elements,
    audio: listedValue(["original", "off"], "original: keep that of the video").optional(),
    resolution: videoSettings.resolution,
    dynamicRange
  }),
  source: "video",
  aliases: { task_id: "video", model_name: "model", element_ids: "elements" },
  refused: { duration: "is that of the video", aspectRatio: "is that of the video" },
  example: { video: "https://example.com/fox.mp4", prompt: "Make it night, with stars" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { video: source, prompt: words, model = defaultReferenceModel, ...request } = input
      yield* checkSourceModel(model, "edit")
      const video = yield* context.video("video", source)
      yield* checkSourceLength(model, "edited", video)
      const referenceImages = yield* Effect.forEach(input.referenceImages ?? [], (image, index) =>
        context.image(`referenceImages[${index}]`, image)
      )
      const plan = yield* planVideo(
        {
          ...present(request),
          ...(yield* libraryIds(input, context)),
          referenceImages,
          model,
          prompt: words.includes("@video_1") ? words : `Edit @video_1: ${words}`,
          referenceVideo: video.url,
          referenceUse: "base"
        },
        context.credential
      ).pipe(renameFields((field) => (field === "referenceVideo" ? "video" : field)))
      return yield* context.refineQuote(plan)
    })
})
