import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { paidArguments } from "../inputs/paid-arguments.ts"
import {
  negativePrompt,
  planVideoArguments,
  retiredVideoArguments,
  taskPrompt,
  videoSettings
} from "../inputs/video-arguments.ts"
import { definePaidTool } from "../paid-tool.ts"

export const generateImageToVideo = definePaidTool({
  name: "generate_image_to_video",
  title: "Generate video from image",
  description: "Make a video that starts from an image. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  input: z.strictObject({
    image_url: z.string().describe("First frame: URL or local path"),
    prompt: taskPrompt.optional().describe("What happens"),
    image_tail_url: z.string().optional().describe("Last frame: URL or local path"),
    negative_prompt: negativePrompt,
    ...videoSettings,
    ...paidArguments
  }),
  refused: { ...retiredVideoArguments, aspect_ratio: "is that of the image; leave it out" },
  plan: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const image = yield* jobs.media("image_url", "image", args.image_url)
    const last = args.image_tail_url
    const lastImage = last === undefined ? undefined : yield* jobs.media("image_tail_url", "image", last)
    return yield* planVideoArguments(args, { image, ...(lastImage === undefined ? {} : { lastImage }) })
  }),
  summary: () => "Image-to-video generation started successfully!"
})
