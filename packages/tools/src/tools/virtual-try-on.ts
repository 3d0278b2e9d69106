import { Kling, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { definePaidTool } from "../paid-tool.ts"

/** mcp-kling's names of the models, and Kling's. */
const legacyModels = {
  "kolors-virtual-try-on-v1": "kolors-virtual-try-on-v1",
  "kolors-virtual-try-on-v1.5": "kolors-virtual-try-on-v1-5",
  "kolors-virtual-try-on-v1-5": "kolors-virtual-try-on-v1-5"
} as const

const argumentNames = {
  humanImage: "person_image_url",
  personImage: "person_image_url",
  clothImage: "cloth_image_urls",
  productImage: "cloth_image_urls",
  model: "model_name"
}

export const virtualTryOn = definePaidTool({
  name: "virtual_try_on",
  title: "Virtual try-on",
  description: "Make an image of a person wearing a garment. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  input: z.strictObject({
    person_image_url: z.string().describe("URL or local path"),
    cloth_image_urls: z
      .array(z.string())
      .min(1)
      .refine((list) => list.length === 1, "takes one garment per task; call again with the result for the next")
      .describe("One garment: URL or local path"),
    model_name: z
      .enum(Object.keys(legacyModels) as Array<keyof typeof legacyModels>)
      .optional()
      .describe("Old model; 3.0 is used where possible"),
    ...paidArguments
  }),
  plan: Effect.fnUntraced(function* ({ person_image_url: person, cloth_image_urls: [cloth], model_name }) {
    const { credential } = yield* Kling
    if (credential === "key-pair") {
      const model = legacyModels[model_name ?? "kolors-virtual-try-on-v1.5"]
      const input = { humanImage: person, clothImage: cloth, model }
      return yield* planWithMedia(operations["legacy.virtual-try-on"], input, argumentNames)
    }
    const input = { personImage: person, productImage: cloth }
    const plan = yield* planWithMedia(operations["solutions.virtual_try_on"], input, argumentNames)
    return model_name === undefined
      ? plan
      : { ...plan, warnings: [...plan.warnings, `${model_name} was replaced by try-on 3.0`] }
  }),
  summary: () => "Virtual try-on started successfully!"
})
