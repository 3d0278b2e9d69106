import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import type { ImageModel } from "../models/image-model.ts"
import { knownModels } from "../models/known-models.ts"
import type { ModelTable } from "../models/model-table.ts"
import { replacementFor } from "../models/retired-models.ts"
import type { AnyOperation } from "../operation.ts"
import { operations } from "../operations/catalog.ts"
import type { Problem } from "../errors/problem.ts"
import { idByOrder } from "../operations/prompt-references.ts"
import { givenFields } from "../params/effective-input.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"
import { unusableModelName } from "./unusable-model-name.ts"

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

/**
 * Selects the image operation by model. All confirmed ones are on legacy paths, with either kind of credential.
 *
 * @example
 * ```ts
 * import { planImage } from "@klingkit/core"
 * import { Effect } from "effect"
 *
 * const price = Effect.map(planImage({ prompt: "a red fox", n: 4, aspectRatio: "16:9" }), ({ quote }) => quote.priceUsd)
 * ```
 */
export const planImage = (request: ImageRequest): Effect.Effect<Plan, KlingError> =>
  planImageWith(knownModels, givenFields(request))

/** The same over the models of any catalog. */
export const planImageWith = (table: ModelTable, request: ImageRequest): Effect.Effect<Plan, KlingError> => {
  const name = request.model ?? defaultImageModel
  const model = table.findImageModel(name)
  const replacement = replacementFor("image", name)
  if (model === undefined && replacement !== undefined) {
    return refuse([
      { field: "model", message: `${name} was retired by Kling on 2026-09-15; use ${replacement} instead` }
    ])
  }
  if (model === undefined && (table.findVideoModel(name) ?? replacementFor("video", name)) !== undefined) {
    const ids = table.imageModels.map(({ id }) => id)
    return refuse([{ field: "model", message: `${name} is a video model; choose ${ids.join(", ")}` }])
  }
  const all = table.imageModels.map(({ id }) => id)
  const unusable = model === undefined ? unusableModelName(name, all) : undefined
  if (unusable !== undefined) return refuse([unusable])
  const declared = model === undefined ? undefined : table.imageOperation(model)
  const operation: AnyOperation = declared ?? operations["legacy.images.generations"]
  return finishPlan({
    operation,
    model: model?.id ?? name,
    reasons: [`${name} is available on this path`],
    warnings: warningsOf(name, model),
    nameOf: (path) => path.replace(/^(images|referenceImages)\b.*/, "image"),
    limitsOf: model?.id,
    problems: [...checkFieldsExist(operation, name, request)],
    input: imageInput(operation, model?.id ?? name, request)
  })
}

const warningsOf = (name: string, model: ImageModel | undefined): ReadonlyArray<string> =>
  model === undefined
    ? [`${name} is not in klingkit's model table: sent unchanged, with its price unchecked`]
    : model.state === "unconfirmed"
      ? [`${model.id} is experimental: Kling has not confirmed it for developers`]
      : []

/** Settings that the operation has no field for: without a problem they would be dropped. */
function* checkFieldsExist(operation: AnyOperation, name: string, request: ImageRequest): Generator<Problem> {
  for (const [field, value] of Object.entries(request)) {
    const params = field === "image" ? imageParams : [field]
    if (field === "model" || value === undefined || params.some((param) => param in operation.params)) continue
    const advice = field === "negativePrompt" ? "put it in the prompt" : "omit it"
    yield { field, message: `is not supported by ${name}; ${advice}` }
  }
}

/** The field of the reference image differs by path. */
const imageParams = ["image", "images", "referenceImages"]

/** Maps a request to the input of its operation; settings that it has no field for are left out. */
const imageInput = (operation: AnyOperation, model: string, { image, ...request }: ImageRequest) => {
  const input: Readonly<Record<string, unknown>> = {
    model,
    ...(image === undefined ? {} : { image, images: [image], referenceImages: [{ image, id: idByOrder("image", 1) }] }),
    prompt: request.prompt,
    negativePrompt: request.negativePrompt,
    imageFidelity: request.imageFidelity,
    resolution: request.resolution,
    n: request.n,
    aspectRatio: request.aspectRatio,
    watermark: request.watermark,
    callbackUrl: request.callbackUrl
  }
  return Object.fromEntries(Object.entries(input).filter(([field]) => field in operation.params))
}
