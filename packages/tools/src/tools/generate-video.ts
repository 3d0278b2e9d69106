import { Effect } from "effect"
import * as z from "zod"
import { allowRepeat } from "../inputs/allow-repeat.ts"
import {
  negativePrompt,
  planVideoArguments,
  retiredVideoArguments,
  taskPrompt,
  videoAspectRatio,
  videoSettings
} from "../inputs/video-arguments.ts"
import { submitFacts, submitPlan } from "../results/submit-result.ts"
import { defineTool } from "../tool.ts"

export const generateVideo = defineTool({
  name: "generate_video",
  title: "Generate video",
  description: "Make a video clip from a prompt. Paid. Gives a Task ID at once; then call wait_for_task.",
  toolset: "core",
  charged: true,
  hints: { readOnly: false, destructive: false, idempotent: false, openWorld: true },
  input: z.strictObject({
    prompt: taskPrompt,
    negative_prompt: negativePrompt,
    ...videoSettings,
    aspect_ratio: videoAspectRatio,
    allow_repeat: allowRepeat
  }),
  refused: { ...retiredVideoArguments, image_url: "is an argument of generate_image_to_video" },
  output: submitFacts,
  run: Effect.fnUntraced(function* (args) {
    const plan = yield* planVideoArguments(args)
    return yield* submitPlan(plan, "Video generation started successfully!", args.allow_repeat)
  })
})
