import { Effect } from "effect"
import * as z from "zod"
import { shotLimits } from "../operations/shot-syntax.ts"
import { planVideo } from "../plan/plan-video.ts"
import { idField } from "./id-field.ts"
import { libraryIds } from "./library-ids.ts"
import { listedValue } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"
import { shot } from "./shot-field.ts"
import {
  aspectRatio,
  elements,
  negativePrompt,
  prompt,
  referenceImages,
  retiredVideoFields,
  videoAliases,
  videoSettings
} from "./video-fields.ts"

export const generateVideo = defineRequest({
  id: "generate_video",
  title: "Generate video",
  summary: "Make a video from a prompt, or from an image",
  method: "video.create",
  result: "video",
  input: z.strictObject({
    prompt: prompt.describe("What happens").optional(),
    image: media("image", "First frame: Task ID (ID#2: second result, ID@last: last frame), URL or path").optional(),
    lastImage: media("image", "Last frame: Task ID, URL or path; needs {image}").optional(),
    negativePrompt,
    ...videoSettings,
    aspectRatio,
    audio: listedValue(["native", "off"], "native: audio made with the video; default off").optional(),
    multiShot: z.boolean().describe("Several shots in one video").optional(),
    shots: z.array(shot).describe(`Up to ${shotLimits.count} shots, instead of {prompt}`).optional(),
    referenceImages,
    elements,
    voices: z.array(idField()).describe("Voice ids; the prompt calls them @voice_1, @voice_2; need {image}").optional(),
    watermark: z.boolean().describe("Also make a copy with a watermark").optional()
  }),
  source: "image",
  aliases: videoAliases,
  refused: retiredVideoFields,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5 },
  plan: (input, context) =>
    Effect.gen(function* () {
      const read = (field: string, source: string | undefined) =>
        source === undefined ? Effect.succeed(undefined) : context.image(field, source)
      const image = yield* read("image", input.image)
      const lastImage = yield* read("lastImage", input.lastImage)
      const referenceImages = yield* Effect.forEach(input.referenceImages ?? [], (source, index) =>
        context.image(`referenceImages[${index}]`, source)
      )
      const ids = yield* libraryIds(input, context)
      return yield* planVideo(present({ ...input, ...ids, image, lastImage, referenceImages }), context.credential)
    })
})
