import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { allowRepeat } from "../inputs/allow-repeat.ts"
import {
  negativePrompt,
  planVideoArguments,
  retiredVideoArguments,
  taskPrompt,
  videoSettings
} from "../inputs/video-arguments.ts"
import { submitFacts, submitPlan } from "../results/submit-result.ts"
import { defineTool } from "../tool.ts"

export const generateImageToVideo = defineTool({
  name: "generate_image_to_video",
  title: "Generate video from image",
  description: "Make a video clip that starts from a picture. Paid. Gives a Task ID at once; then call wait_for_task.",
  toolset: "core",
  charged: true,
  hints: { readOnly: false, destructive: false, idempotent: false, openWorld: true },
  input: z.strictObject({
    image_url: z.string().describe("First frame: URL, or path of a local file"),
    prompt: taskPrompt.optional().describe("What happens"),
    image_tail_url: z.string().optional().describe("Last frame: URL or path"),
    negative_prompt: negativePrompt,
    ...videoSettings,
    allow_repeat: allowRepeat
  }),
  refused: { ...retiredVideoArguments, aspect_ratio: "follows the picture; leave it out" },
  output: submitFacts,
  run: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const image = yield* jobs.picture("image_url", args.image_url)
    const last = args.image_tail_url
    const lastImage = last === undefined ? undefined : yield* jobs.picture("image_tail_url", last)
    const plan = yield* planVideoArguments(args, { image, ...(lastImage === undefined ? {} : { lastImage }) })
    return yield* submitPlan(plan, "Image-to-video generation started successfully!", args.allow_repeat)
  })
})
