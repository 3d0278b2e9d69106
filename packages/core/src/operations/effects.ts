import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, array, media } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { endOfScene, openScenes, imagesOfScene } from "./effects-scenes.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"

export const effects = operation({
  id: "legacy.effects",
  summary: "Applies a preset effect to one or two images",
  family: "effects",
  path: "/v1/videos/effects",
  since: "2024",
  params: {
    scene: enumOf("effect_scene", openScenes, {
      required: true,
      allowUnknown: true,
      notes: "new ones appear almost weekly; this list is of 2026-09-20"
    }),
    image: media("input.image", legacyImage, { notes: "scenes with one image" }),
    images: array("input.images", media("", legacyImage, {}), {
      min: 2,
      max: 2,
      notes: "scenes with two images: left, then right"
    }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [
    {
      name: "scene-not-ended",
      field: "scene",
      check: ({ scene }) => {
        const ended = endOfScene(scene)
        if (ended === undefined) return undefined
        const replacement = openScenes.find((candidate) => candidate === `${scene}_pro`)
        return `${scene} was discontinued by Kling on ${ended}${replacement === undefined ? "" : `; did you mean ${replacement}?`}`
      }
    },
    exactlyOne("image", "images"),
    {
      name: "images-of-scene",
      field: "scene",
      check: ({ scene, image, images }) => {
        const expected = imagesOfScene(scene)
        return expected === 2 && image !== undefined
          ? `${scene} takes two images: pass images, left then right, instead of image`
          : expected === 1 && images !== undefined
            ? `${scene} takes one image: pass image instead of images`
            : undefined
      }
    }
  ],
  price: () => unknownPrice("Kling prices each effect on its own page"),
  expectedSeconds: () => 120,
  example: { scene: "hug_pro", images: ["https://example.com/left.jpg", "https://example.com/right.jpg"] }
})
