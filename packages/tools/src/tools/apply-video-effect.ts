import { invalidInput, openScenes, operations, imagesOfScene } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { sceneProblem } from "../inputs/effect-scene.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { definePaidTool } from "../paid-tool.ts"

const operation = operations["legacy.effects"]
const argumentNames = { scene: "effect_scene", image: "image_urls", images: "image_urls" }

export const applyVideoEffect = definePaidTool({
  name: "apply_video_effect",
  title: "Apply video effect",
  description:
    "Make a video from one or two images with a preset effect. Paid. Returns a Task ID at once. Scenes: list_models, kind effect.",
  toolset: "core",
  input: z.strictObject({
    image_urls: z.array(z.string()).min(1).max(2).describe("URLs or paths; two: left, right"),
    effect_scene: z.string().min(1).describe("Such as hug_pro (two images), pet_dance (one)"),
    ...paidArguments
  }),
  refused: {
    duration: "is set by the scene: Kling no longer takes a length for effects; leave it out",
    model_name: "is set by the scene: Kling no longer takes a model for effects; leave it out",
    prompt: "is not used: the scene decides what happens"
  },
  plan: Effect.fnUntraced(function* ({ image_urls, effect_scene }) {
    const problem = sceneProblem(effect_scene)
    if (problem !== undefined) return yield* invalidInput([{ field: "effect_scene", message: problem }])
    const expected = imagesOfScene(effect_scene)
    if (expected !== undefined && expected !== image_urls.length) {
      const message = `has ${image_urls.length}; ${effect_scene} takes ${expected === 2 ? "two, left and right" : "one"}`
      return yield* invalidInput([{ field: "image_urls", message }])
    }
    const images = image_urls.length === 2 ? { images: image_urls } : { image: image_urls[0] }
    const plan = yield* planWithMedia(operation, { scene: effect_scene, ...images }, argumentNames)
    return openScenes.includes(effect_scene)
      ? plan
      : { ...plan, warnings: [...plan.warnings, `${effect_scene} is not in klingkit's list of scenes; sent unchanged`] }
  }),
  summary: ({ effect_scene }) => `Video effect "${effect_scene}" applied successfully!`
})
