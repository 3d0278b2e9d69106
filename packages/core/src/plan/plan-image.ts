import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { findImageModel, imageModels } from "../models/image-models.ts"
import { successorOf } from "../models/retired-models.ts"
import { findVideoModel } from "../models/video-models.ts"
import { findOperation, operations } from "../operations/catalog.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"

/** What a person asks for when they want pictures. */
export interface ImageRequest {
  /** `kling-v3` when absent. */
  readonly model?: string
  readonly prompt: string
  readonly negativePrompt?: string
  /** A reference picture: a URL or bare base64. */
  readonly image?: string
  /** How near the result stays to the reference, 0 to 1. */
  readonly imageFidelity?: number
  readonly resolution?: string
  /** How many pictures, 1 to 9. */
  readonly n?: number
  readonly aspectRatio?: string
  readonly watermark?: boolean
  readonly callbackUrl?: string
}

export const defaultImageModel = "kling-v3"

/** Decides the image operation by the model. Images exist on legacy paths only, for both kinds of credential. */
export const planImage = (request: ImageRequest): Effect.Effect<Plan, KlingError> => {
  const name = request.model ?? defaultImageModel
  const model = findImageModel(name)
  const successor = successorOf("image", name)
  if (model === undefined && successor !== undefined) {
    return refuse([
      { field: "model", message: `${name} was switched off by Kling on 2026-09-15; use ${successor} instead` }
    ])
  }
  if (model === undefined && (findVideoModel(name) ?? successorOf("video", name)) !== undefined) {
    return refuse([
      {
        field: "model",
        message: `${name} makes clips, no pictures; choose ${imageModels.map(({ id }) => id).join(", ")}`
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
      { field: "resolution", message: `${resolution} is not possible with ${name}: ${model.resolutions.join(", ")}` }
    ])
  }
  const omni = model?.operations.includes("legacy.images.omni-image") === true
  return finishPlan({
    operation:
      (omni ? findOperation("legacy.images.omni-image") : undefined) ?? operations["legacy.images.generations"],
    model: model?.id ?? name,
    reasons: [`${name} is offered on this path`],
    warnings:
      model === undefined ? [`${name} is not in klingkit's model table: sent as it is, its price unchecked`] : [],
    nameOf: (place) => place.replace(/^images\b.*/, "image"),
    input: {
      model: model?.id ?? name,
      prompt: request.prompt,
      negativePrompt: request.negativePrompt,
      ...(omni ? { images: request.image === undefined ? undefined : [request.image] } : { image: request.image }),
      imageFidelity: request.imageFidelity,
      resolution,
      n: request.n,
      aspectRatio: request.aspectRatio,
      watermark: request.watermark,
      callbackUrl: request.callbackUrl
    }
  })
}
