import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { allowRepeat } from "../inputs/allow-repeat.ts"
import { imageSettings, planImageArguments } from "../inputs/image-arguments.ts"
import { negativePrompt, taskPrompt } from "../inputs/video-arguments.ts"
import { submitFacts, submitPlan } from "../results/submit-result.ts"
import { defineTool } from "../tool.ts"

export const generateImage = defineTool({
  name: "generate_image",
  title: "Generate image",
  description: "Make pictures from a prompt. Paid. Gives a Task ID at once; then call wait_for_task.",
  toolset: "core",
  charged: true,
  hints: { readOnly: false, destructive: false, idempotent: false, openWorld: true },
  input: z.strictObject({
    prompt: taskPrompt,
    negative_prompt: negativePrompt,
    ...imageSettings,
    ref_image_url: z.string().optional().describe("Reference picture: URL, or path of a local file"),
    ref_image_weight: z.number().min(0).max(1).optional().describe("How near to the reference, default 0.5"),
    allow_repeat: allowRepeat
  }),
  output: submitFacts,
  run: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const source = args.ref_image_url
    const image = source === undefined ? undefined : yield* jobs.picture("ref_image_url", source)
    const plan = yield* planImageArguments(args, image)
    const count = args.num_images ?? 1
    return yield* submitPlan(
      plan,
      `Image generation started successfully! Generating ${count} image${count === 1 ? "" : "s"} with aspect ratio ${args.aspect_ratio ?? "16:9"}.`,
      args.allow_repeat
    )
  })
})
