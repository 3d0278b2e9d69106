import {
  defaultImageModel,
  imageModels,
  type ImageRequest,
  type KlingError,
  type Plan,
  planImage
} from "@klingkit/core"
import type { Effect } from "effect"
import * as z from "zod"
import { renameFields } from "./rename-fields.ts"

const live = imageModels.filter((model) => model.state === "live")
const named = live.map((model) => model.id).filter((id) => id !== defaultImageModel)
const distinct = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)]

export const imageSettings = {
  model_name: z
    .string()
    .optional()
    .describe(`Default ${defaultImageModel}; or ${named.join(", ")}`),
  resolution: z
    .enum(distinct(live.flatMap((model) => model.resolutions)))
    .optional()
    .describe("Default 1k"),
  aspect_ratio: z
    .enum(distinct(live.flatMap((model) => model.aspectRatios)))
    .optional()
    .describe("Default 16:9"),
  num_images: z
    .int()
    .min(1)
    .max(Math.max(...live.map((model) => model.maxImages)))
    .optional()
    .describe("Default 1")
}

export interface ImageArguments {
  readonly prompt: string
  readonly negative_prompt?: string | undefined
  readonly model_name?: string | undefined
  readonly resolution?: string | undefined
  readonly aspect_ratio?: string | undefined
  readonly num_images?: number | undefined
  readonly ref_image_weight?: number | undefined
}

const argumentNames = {
  model: "model_name",
  negativePrompt: "negative_prompt",
  image: "ref_image_url",
  imageFidelity: "ref_image_weight",
  n: "num_images",
  aspectRatio: "aspect_ratio"
}

/** Plans an image request, or fails with every invalid argument. `image` is the reference as Kling takes it. */
export const planImageArguments = (args: ImageArguments, image?: string): Effect.Effect<Plan, KlingError> =>
  planImage(
    defined({
      model: args.model_name,
      prompt: args.prompt,
      negativePrompt: args.negative_prompt,
      resolution: args.resolution,
      aspectRatio: args.aspect_ratio,
      n: args.num_images,
      imageFidelity: args.ref_image_weight,
      image
    })
  ).pipe(renameFields(argumentNames))

const defined = (
  request: Pick<ImageRequest, "prompt"> & { readonly [K in keyof ImageRequest]: ImageRequest[K] | undefined }
) => Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as unknown as ImageRequest
