import { invalidInput, type Plan } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { imageSettings, planImageArguments } from "../inputs/image-arguments.ts"
import { planVideoArguments, videoSettings } from "../inputs/video-arguments.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "../results/quote-words.ts"
import { defineTool } from "../tool.ts"

// Prices do not depend on the words or on what a picture shows.
const anyPrompt = "quote"
const anyPicture = "https://example.com/picture.png"

export const quoteCost = defineTool({
  name: "quote_cost",
  title: "Quote cost",
  description: "Price of a video or images before you generate them. Free; takes the settings of the generate tools.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: z.strictObject({
    kind: z.enum(["video", "image"]),
    model_name: z.string().optional(),
    resolution: z.string().optional(),
    mode: videoSettings.mode,
    duration: videoSettings.duration,
    audio: videoSettings.audio,
    num_images: imageSettings.num_images,
    with_picture: z.boolean().optional().describe("Starts from a picture")
  }),
  output: z.object({ model: z.string(), operation: z.string(), quote: quoteFacts, warnings: z.array(z.string()) }),
  run: ({ kind, num_images, with_picture = false, ...settings }) => {
    const foreign = Object.entries(kind === "image" ? videoOnly(settings) : { num_images }).filter(
      ([, value]) => value !== undefined
    )
    if (foreign.length > 0) {
      return Effect.fail(
        invalidInput(foreign.map(([field]) => ({ field, message: `has no meaning for kind ${kind}` })))
      )
    }
    const picture = with_picture ? anyPicture : undefined
    const plan =
      kind === "image"
        ? planImageArguments({ ...settings, prompt: anyPrompt, num_images }, picture)
        : planVideoArguments({ ...settings, prompt: anyPrompt }, picture === undefined ? {} : { image: picture })
    return Effect.map(plan, quoted)
  }
})

const videoOnly = ({
  mode,
  duration,
  audio
}: {
  readonly mode?: unknown
  readonly duration?: unknown
  readonly audio?: unknown
}) => ({
  mode,
  duration,
  audio
})

const quoted = (plan: Plan) => ({
  facts: {
    model: plan.model,
    operation: plan.operation.id,
    quote: factsOfQuote(plan.quote),
    warnings: [...plan.warnings]
  },
  lines: [
    `Model: ${plan.model} (${plan.operation.id})`,
    quoteLine(plan.quote),
    ...plan.warnings.map((warning) => `Warning: ${warning}`),
    "Nothing was sent."
  ]
})
