import { findVideoModel, invalidInput, Kling, operations } from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { videoSource, videoSourceUrl } from "../inputs/video-source.ts"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { definePaidTool } from "../paid-tool.ts"

const names = {
  image: "image_url",
  video: "video_url",
  characterOrientation: "character_orientation",
  element: "element_id",
  elements: "element_id",
  model: "model_name",
  mode: "resolution"
}

export const controlMotion = definePaidTool({
  name: "control_motion",
  title: "Control motion",
  description:
    "Transfer the motion of a person in a video to the person in an image; the result is as long as the video. Paid. Returns a Task ID at once.",
  toolset: "studio",
  input: z.strictObject({
    image_url: z.string().describe("Person image: URL or local path"),
    ...videoSource,
    character_orientation: z
      .enum(["image", "video"])
      .optional()
      .describe("Facing direction: from the image or the video (default)"),
    prompt: z.string().optional(),
    model_name: z.enum(["kling-3.0", "kling-2.6"]).optional().describe("Default kling-3.0"),
    resolution: z.enum(["720p", "1080p"]).optional().describe("Default 720p"),
    audio: z.enum(["original", "off"]).optional().describe("The video's audio; default original"),
    element_id: z.string().optional().describe("One of your elements; kling-3.0 only"),
    ...paidArguments
  }),
  refused: {
    duration: "is that of the video",
    aspect_ratio: "is that of the image"
  },
  plan: Effect.fnUntraced(function* (args) {
    const { model_name = "kling-3.0", resolution = "720p", audio, element_id, prompt } = args
    if (element_id !== undefined && model_name !== "kling-3.0") {
      return yield* invalidInput([{ field: "element_id", message: "is supported by kling-3.0 only" }])
    }
    const { credential } = yield* Kling
    const shared = {
      prompt,
      image: args.image_url,
      video: yield* videoSourceUrl(args),
      characterOrientation: args.character_orientation ?? "video"
    }
    if (credential === "api-key") {
      const operation = operations[`new.motion.${model_name}`]
      const element = element_id === undefined ? undefined : { elementId: element_id, id: "element_1" }
      return yield* planWithMedia(operation, { ...shared, audio, resolution, element }, names)
    }
    const legacy = {
      ...shared,
      model: findVideoModel(model_name)?.legacyName,
      mode: resolution === "720p" ? "std" : "pro",
      keepOriginalSound: audio === undefined ? undefined : audio === "original" ? "yes" : "no",
      elements: element_id === undefined ? undefined : [element_id]
    }
    return yield* planWithMedia(operations["legacy.motion-control"], legacy, names)
  }),
  summary: () => "Motion control started successfully!"
})
