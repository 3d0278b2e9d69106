import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { videoModels } from "../models/video-models.ts"
import { operations } from "../operations/catalog.ts"
import { planBothPaths } from "../plan/plan.ts"
import { idField } from "./id-field.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"
import { operationFor } from "./source-video.ts"
import { legacyNameOf, modeOfResolution, type MotionModelName } from "./video-fields.ts"

const models = videoModels.filter(({ motion }) => motion !== undefined)
const withElements = models.filter(({ motion }) => motion !== undefined && motion.maxElements > 0).map(({ id }) => id)
const defaultModel = "kling-3.0"

const shared = {
  image: "image",
  video: "video",
  characterOrientation: "characterOrientation",
  prompt: "prompt"
} as const

export const controlMotion = defineRequest({
  id: "control_motion",
  title: "Control motion",
  summary: "Transfer the motion of a person in a video to the person in an image; the result is as long as the video",
  method: "video.motion",
  result: "video",
  input: z.strictObject({
    image: media("image", "Person image: URL or local path"),
    video: media("video", "The motion: URL or Task ID"),
    characterOrientation: z
      .enum(["image", "video"])
      .describe("Facing direction: from the image or the video (default)")
      .optional(),
    prompt: z.string().optional(),
    model: modelField("video", z.enum(models.map(({ id }) => id as MotionModelName)))
      .describe(`Default ${defaultModel}`)
      .optional(),
    resolution: z.enum(["720p", "1080p"]).describe("Default 720p").optional(),
    audio: z.enum(["original", "off"]).describe("The video's audio; default original").optional(),
    element: idField(`One of your elements; ${withElements.join(", ")} only`).optional()
  }),
  source: "video",
  aliases: { image_url: "image", video_url: "video", task_id: "video", model_name: "model", element_id: "element" },
  refused: { duration: "is that of the video", aspectRatio: "is that of the image" },
  example: { image: "https://example.com/figure.png", video: "https://example.com/dance.mp4" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { model = defaultModel, resolution = "720p", element } = input
      if (element !== undefined && !withElements.includes(model)) {
        return yield* invalidInput([{ field: "element", message: `is supported by ${withElements.join(", ")} only` }])
      }
      const { url } = yield* context.video("video", input.video)
      const request = { characterOrientation: "video", ...input, model, resolution, video: url }
      return yield* planBothPaths((credential) => {
        if (credential === "api-key") {
          const fields = {
            ...shared,
            audio: "audio",
            resolution: "resolution",
            element: ["element", (elementId: string) => ({ elementId, id: "element_1" })]
          } as const
          const operation = operationFor(model, "motion") ?? operations["new.motion.kling-3.0"]
          return planFields(operation, fields, request, context)
        }
        const fields = {
          ...shared,
          model: ["model", legacyNameOf],
          mode: ["resolution", modeOfResolution],
          keepOriginalSound: ["audio", (audio: string) => (audio === "original" ? "yes" : "no")],
          elements: ["element", (id: string) => [id]]
        } as const
        return planFields(operations["legacy.motion-control"], fields, request, context)
      }, context.credential)
    })
})
