import {
  defaultVideoModel,
  invalidInput,
  Kling,
  type KlingError,
  type Plan,
  planVideo,
  type VideoRequest,
  videoModels
} from "@klingkit/core"
import { Effect } from "effect"
import * as z from "zod"
import { renameFields } from "./rename-fields.ts"

const live = videoModels.filter((model) => model.state === "live")
const named = live.map((model) => model.id).filter((id) => id !== defaultVideoModel)
const distinct = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)]
// Wide enough for every model; the planner knows each model's lengths and suggests the nearest one.
const [minSeconds, maxSeconds] = [3, 30]

export const taskPrompt = z.string().min(1)
export const negativePrompt = z.string().optional().describe("What to avoid; not with every model")

/** Settings of every video. `mode` is the older name of `resolution`. */
export const videoSettings = {
  model_name: z
    .string()
    .optional()
    .describe(`Default ${defaultVideoModel}; or ${named.join(", ")}`),
  resolution: z
    .enum(distinct(live.flatMap((model) => model.resolutions)))
    .optional()
    .describe("Default 720p"),
  mode: z.enum(["standard", "professional"]).optional().describe("Old: standard = 720p, professional = 1080p"),
  duration: z
    .union([
      z.int().min(minSeconds).max(maxSeconds),
      z.string().regex(/^\d{1,2}$/, "must be an integer number of seconds")
    ])
    .optional()
    .describe("Seconds: 5 (default), 10; 3 to 15 with kling-3.0"),
  audio: z.enum(["native", "off"]).optional().describe("native: with audio; default off"),
  multi_shot: z.boolean().optional().describe("Several shots in one video")
}

export const videoAspectRatio = z
  .enum(distinct(live.flatMap((model) => model.aspectRatios)))
  .optional()
  .describe("Default 16:9")

/** Arguments of mcp-kling's video tools for models that Kling has since retired. */
export const retiredVideoArguments = {
  cfg_scale: "worked only with the v1 models, which Kling has retired; leave it out",
  camera_control: "worked only with the v1 models, which Kling has retired; describe the camera in the prompt"
}

export interface VideoArguments {
  readonly prompt?: string | undefined
  readonly negative_prompt?: string | undefined
  readonly model_name?: string | undefined
  readonly resolution?: string | undefined
  readonly mode?: "standard" | "professional" | undefined
  readonly duration?: number | string | undefined
  readonly audio?: string | undefined
  readonly aspect_ratio?: string | undefined
  readonly multi_shot?: boolean | undefined
}

const argumentNames = {
  model: "model_name",
  negativePrompt: "negative_prompt",
  durationSeconds: "duration",
  aspectRatio: "aspect_ratio",
  image: "image_url",
  lastImage: "image_tail_url",
  multiShot: "multi_shot",
  referenceVideo: "task_id"
}

const resolutionOfMode = { standard: "720p", professional: "1080p" }

/** Plans a video request, or fails with every invalid argument. `media` is as Kling takes it. */
export const planVideoArguments = Effect.fnUntraced(function* (
  args: VideoArguments,
  media: { readonly image?: string; readonly lastImage?: string; readonly referenceVideo?: string } = {}
): Effect.fn.Return<Plan, KlingError, Kling> {
  const { credential } = yield* Kling
  const byMode = args.mode === undefined ? undefined : resolutionOfMode[args.mode]
  if (byMode !== undefined && args.resolution !== undefined && byMode !== args.resolution) {
    return yield* invalidInput([
      { field: "mode", message: `means ${byMode}, which contradicts resolution; give only one of them` }
    ])
  }
  const request = defined({
    model: args.model_name,
    prompt: args.prompt,
    negativePrompt: args.negative_prompt,
    resolution: args.resolution ?? byMode,
    durationSeconds: args.duration === undefined ? undefined : Number(args.duration),
    audio: args.audio,
    aspectRatio: args.aspect_ratio,
    multiShot: args.multi_shot,
    ...media
  })
  return yield* planVideo(request, credential).pipe(renameFields(argumentNames))
})

const defined = (request: { readonly [K in keyof VideoRequest]: VideoRequest[K] | undefined }): VideoRequest =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
