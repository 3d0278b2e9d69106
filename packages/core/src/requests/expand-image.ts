import { Effect } from "effect"
import * as z from "zod"
import { invalidInput } from "../errors/kling-error.ts"
import { operations } from "../operations/catalog.ts"
import { imageCount } from "./image-fields.ts"
import { marginsFor } from "./expansion-margins.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

const margin = z.number()

export const expandImage = defineRequest({
  id: "expand_image",
  title: "Expand image",
  summary: "Paint an image beyond its edges",
  method: "image.expand",
  result: "image",
  input: z.strictObject({
    image: media("image", "URL or local path"),
    up: margin.describe("Fraction of the height to add, 0 to 2").optional(),
    down: margin.describe("Fraction of the height").optional(),
    left: margin.describe("Fraction of the width").optional(),
    right: margin.describe("Fraction of the width").optional(),
    aspectRatio: z.string().describe("Shape to reach, such as 16:9, in place of the four").optional(),
    prompt: z.string().describe("What the new area shows").optional(),
    n: imageCount
  }),
  source: "image",
  aliases: { image_urls: "image", image_url: "image", num_images: "n" },
  example: { image: "https://example.com/cat.png", up: 0.5, down: 0.5 },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { aspectRatio, ...given } = input
      const { up = 0, down = 0, left = 0, right = 0 } = given
      const isGiven = up + down + left + right > 0
      if (aspectRatio !== undefined && isGiven) {
        return yield* refuse("aspectRatio", "takes the place of {up}, {down}, {left}, {right}; leave those out")
      }
      if (aspectRatio === undefined && !isGiven) {
        return yield* refuse("up", "or {down}, {left}, {right}, or in their place {aspectRatio}, is required")
      }
      const image = aspectRatio === undefined ? input.image : yield* context.image("image", input.image)
      const margins =
        aspectRatio === undefined ? { up, down, left, right } : marginsFor(aspectRatio, yield* context.imageSize(image))
      if (typeof margins === "string") return yield* refuse("aspectRatio", margins)
      return yield* planFields(
        operations["legacy.images.expand"],
        {
          image: "image",
          upExpansionRatio: "up",
          downExpansionRatio: "down",
          leftExpansionRatio: "left",
          rightExpansionRatio: "right",
          prompt: "prompt",
          n: "n"
        },
        { ...given, image, ...margins },
        context
      )
    })
})

const refuse = (field: string, message: string) => Effect.fail(invalidInput([{ field, message }]))
