import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, list, media } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { endOfScene, openScenes, picturesOfScene } from "./effects-scenes.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"

export const effects = operation({
  id: "legacy.effects",
  summary: "A ready-made effect on one or two pictures",
  family: "effects",
  path: "/v1/videos/effects",
  since: "2024",
  params: {
    scene: choice("effect_scene", openScenes, {
      required: true,
      open: true,
      notes: "new ones come nearly every week; the list is of 2026-09-20"
    }),
    image: media("input.image", legacyImage, { notes: "scenes of one picture" }),
    images: list("input.images", media("", legacyImage, {}), {
      min: 2,
      max: 2,
      notes: "scenes of two pictures: left, then right"
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
        const successor = openScenes.find((open) => open === `${scene}_pro`)
        return `${scene} was ended by Kling on ${ended}${successor === undefined ? "" : `; nearest: ${successor}`}`
      }
    },
    exactlyOne("image", "images"),
    {
      name: "pictures-of-scene",
      field: "scene",
      check: ({ scene, image, images }) => {
        const wanted = picturesOfScene(scene)
        return wanted === 2 && image !== undefined
          ? `${scene} wants two pictures: give images, left then right, in place of image`
          : wanted === 1 && images !== undefined
            ? `${scene} wants one picture: give image in place of images`
            : undefined
      }
    }
  ],
  price: () => unknownPrice("Kling prices each effect on its own page"),
  usualSeconds: () => 120,
  example: { scene: "hug_pro", images: ["https://example.com/left.jpg", "https://example.com/right.jpg"] }
})
