import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { imageSettings, planImageArguments } from "../inputs/image-arguments.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { negativePrompt, taskPrompt } from "../inputs/video-arguments.ts"
import { definePaidTool } from "../paid-tool.ts"

export const generateImage = definePaidTool({
  name: "generate_image",
  title: "Generate image",
  description: "Make images from a prompt. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  input: z.strictObject({
    prompt: taskPrompt,
    negative_prompt: negativePrompt,
    ...imageSettings,
    ref_image_url: z.string().optional().describe("Reference image: URL or local path"),
    ref_image_weight: z.number().min(0).max(1).optional().describe("Closeness to the reference, default 0.5"),
    ...paidArguments
  }),
  plan: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const source = args.ref_image_url
    const image = source === undefined ? undefined : yield* jobs.media("ref_image_url", "image", source)
    return yield* planImageArguments(args, image)
  }),
  summary: ({ num_images: count = 1, aspect_ratio = "16:9" }) =>
    `Image generation started successfully! Generating ${count} image${count === 1 ? "" : "s"} with aspect ratio ${aspect_ratio}.`
})
