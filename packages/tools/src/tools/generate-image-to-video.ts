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
  description: "Make a video clip that starts from a picture. Paid. Gives a Task ID at once; then call wait_for_task.",
  toolset: "core",
  input: z.strictObject({
    image_url: z.string().describe("First frame: URL, or path of a local file"),
    prompt: taskPrompt.optional().describe("What happens"),
    image_tail_url: z.string().optional().describe("Last frame: URL or path"),
    negative_prompt: negativePrompt,
    ...videoSettings,
    ...paidArguments
  }),
  refused: { ...retiredVideoArguments, aspect_ratio: "follows the picture; leave it out" },
  plan: Effect.fnUntraced(function* (args) {
    const jobs = yield* Jobs
    const image = yield* jobs.picture("image_url", args.image_url)
    const last = args.image_tail_url
    const lastImage = last === undefined ? undefined : yield* jobs.picture("image_tail_url", last)
    return yield* planVideoArguments(args, { image, ...(lastImage === undefined ? {} : { lastImage }) })
  }),
  opening: () => "Image-to-video generation started successfully!"
})
