import { Effect } from "effect"
import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

/** mcp-kling's spelling of the models, and Kling's. */
const legacyModels: Readonly<Record<string, string>> = {
  "kolors-virtual-try-on-v1": "kolors-virtual-try-on-v1",
  "kolors-virtual-try-on-v1.5": "kolors-virtual-try-on-v1-5",
  "kolors-virtual-try-on-v1-5": "kolors-virtual-try-on-v1-5"
}

const first = ([image]: ReadonlyArray<string>) => image

export const virtualTryOn = defineRequest({
  id: "virtual_try_on",
  title: "Virtual try-on",
  summary: "Make an image of a person wearing a garment; documented for Kling's Chinese site only, price unknown",
  method: "image.tryOn",
  result: "image",
  input: z.strictObject({
    personImage: media("image", "URL or local path"),
    clothImages: z
      .array(media("image", "URL or path"))
      .min(1)
      .refine((list) => list.length === 1, "takes one garment per task; call again with the result for the next")
      .describe("One garment: URL or local path"),
    model: z.enum(Object.keys(legacyModels)).describe("Old model; 3.0 is used where possible").optional()
  }),
  source: "personImage",
  aliases: { person_image_url: "personImage", cloth_image_urls: "clothImages", model_name: "model" },
  example: { personImage: "https://example.com/person.png", clothImages: ["https://example.com/coat.png"] },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { model } = input
      if (context.credential === "key-pair") {
        const fields = {
          humanImage: "personImage",
          clothImage: ["clothImages", first],
          model: ["model", (name: string) => legacyModels[name]]
        } as const
        const request = { model: "kolors-virtual-try-on-v1-5", ...input }
        return yield* planFields(operations["legacy.virtual-try-on"], fields, request, context)
      }
      const fields = { personImage: "personImage", productImage: ["clothImages", first] } as const
      const plan = yield* planFields(operations["solutions.virtual_try_on"], fields, input, context)
      return model === undefined
        ? plan
        : { ...plan, warnings: [...plan.warnings, `${model} was replaced by try-on 3.0`] }
    })
})
