import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { findImageModel, type ImageModel, imageModels } from "../models/image-models.ts"
import { replacementFor } from "../models/retired-models.ts"
import { findVideoModel } from "../models/video-models.ts"
import type { AnyOperation } from "../operation.ts"
import { operations } from "../operations/catalog.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"

/** A request for images. */
export interface ImageRequest {
  /** `kling-v3` when absent. */
  readonly model?: string
  readonly prompt: string
  readonly negativePrompt?: string
  /** A reference image: a URL or bare base64. */
  readonly image?: string
  /** How closely the result follows the reference, 0 to 1. */
  readonly imageFidelity?: number
  readonly resolution?: string
  /** Number of images, 1 to 9. */
  readonly n?: number
  readonly aspectRatio?: string
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultImageModel = "kling-v3"

/** Selects the image operation by model. All confirmed ones are on legacy paths, with either kind of credential. */
export const planImage = (request: ImageRequest): Effect.Effect<Plan, KlingError> => {
  const name = request.model ?? defaultImageModel
  const model = findImageModel(name)
  const replacement = replacementFor("image", name)
  if (model === undefined && replacement !== undefined) {
    return refuse([
      { field: "model", message: `${name} was retired by Kling on 2026-09-15; use ${replacement} instead` }
    ])
  }
  if (model === undefined && (findVideoModel(name) ?? replacementFor("video", name)) !== undefined) {
    return refuse([
      {
        field: "model",
        message: `${name} is a video model; choose ${imageModels.map(({ id }) => id).join(", ")}`
      }
    ])
  }
  const resolution = request.resolution
  if (
    model !== undefined &&
    resolution !== undefined &&
    !(model.resolutions as ReadonlyArray<string>).includes(resolution)
  ) {
    return refuse([
      { field: "resolution", message: `${resolution} is not supported by ${name}: ${model.resolutions.join(", ")}` }
    ])
  }
  const operation = operations[model?.operations[0] ?? "legacy.images.generations"]
  return finishPlan({
    operation,
    model: model?.id ?? name,
    reasons: [`${name} is available on this path`],
    warnings: warningsOf(name, model),
    nameOf: (path) => path.replace(/^(images|referenceImages)\b.*/, "image"),
    input: { ...inputOf(operation, model?.id ?? name, request), ...settingsOf(request) }
  })
}

const warningsOf = (name: string, model: ImageModel | undefined): ReadonlyArray<string> =>
  model === undefined
    ? [`${name} is not in klingkit's model table: sent unchanged, with its price unchecked`]
    : model.state === "unconfirmed"
      ? [`${model.id} is experimental: Kling has not confirmed it for developers`]
      : []

/** The model and the reference image, whose field differs by path. */
const inputOf = ({ id }: AnyOperation, model: string, { image }: ImageRequest): Readonly<Record<string, unknown>> => {
  if (id === "new.image.kling-image-4.0") {
    return { referenceImages: image === undefined ? undefined : [{ image, id: "image_1" }] }
  }
  return id === "legacy.images.omni-image"
    ? { model, images: image === undefined ? undefined : [image] }
    : { model, image }
}

const settingsOf = (request: ImageRequest): Readonly<Record<string, unknown>> => ({
  prompt: request.prompt,
  negativePrompt: request.negativePrompt,
  imageFidelity: request.imageFidelity,
  resolution: request.resolution,
  n: request.n,
  aspectRatio: request.aspectRatio,
  watermark: request.watermark,
  callbackUrl: request.callbackUrl
})
