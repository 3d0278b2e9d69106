import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { openScenes, imagesOfScene } from "../operations/effects-scenes.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"
import { sceneProblem } from "./effect-scene.ts"

const one = { scene: "scene", image: ["images", ([image]: ReadonlyArray<string>) => image] } as const
const two = { scene: "scene", images: "images" } as const

export const applyVideoEffect = defineRequest({
  id: "apply_video_effect",
  title: "Apply video effect",
  summary: "Make a video from one or two images with a preset effect",
  method: "video.effect",
  result: "video",
  input: z.strictObject({
    images: z.array(media("image", "URL or path")).min(1).max(2).describe("URLs or paths; two: left, right"),
    scene: z.string().min(1).describe("Such as hug_pro (two images), pet_dance (one)")
  }),
  source: "images",
  aliases: { image_urls: "images", effect_scene: "scene" },
  refused: {
    duration: "is set by the scene: Kling no longer takes a length for effects; leave it out",
    model: "is set by the scene: Kling no longer takes a model for effects; leave it out",
    modelName: "is set by the scene: Kling no longer takes a model for effects; leave it out",
    prompt: "is not used: the scene decides what happens"
  },
  example: { images: ["https://example.com/pet.png"], scene: "pet_dance" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { images, scene } = input
      const problem = sceneProblem(scene)
      if (problem !== undefined) return yield* invalidInput([{ field: "scene", message: problem }])
      const wanted = imagesOfScene(scene)
      if (wanted !== undefined && wanted !== images.length) {
        const message = `has ${images.length}; ${scene} takes ${wanted === 2 ? "two, left and right" : "one"}`
        return yield* invalidInput([{ field: "images", message }])
      }
      const plan = yield* planFields(operations["legacy.effects"], images.length === 2 ? two : one, input, context)
      return openScenes.includes(scene)
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${scene} is not in klingkit's list of scenes; sent unchanged`] }
    })
})
