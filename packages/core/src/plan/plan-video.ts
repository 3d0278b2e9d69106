import type { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { findImageModel } from "../models/image-models.ts"
import { replacementFor } from "../models/retired-models.ts"
import { findVideoModel, type VideoModel, videoModels } from "../models/video-models.ts"
import type { AnyOperation, Generation } from "../operation.ts"
import { findOperation, operations } from "../operations/catalog.ts"
import type { Problem } from "../params/check-input.ts"
import { closestMatch } from "../params/closest-match.ts"
import { unknownPrice } from "../prices/quote.ts"
import { checkAnyVideoRequest, checkVideoRequest } from "./check-video-request.ts"
import { legacyOmniInput, legacyVideoInput, legacyVideoField } from "./legacy-video-input.ts"
import { newVideoInput, newVideoField } from "./new-video-input.ts"
import { credentialReason, finishPlan, type Plan, refuse } from "./plan.ts"
import { defaultReferenceModel, defaultVideoModel, filled, hasReferences, type VideoRequest } from "./video-request.ts"

/** Selects operation and generation from model, settings and credential; rejects what the path would ignore. */
export const planVideo = (request: VideoRequest, credential: CredentialKind): Effect.Effect<Plan, KlingError> => {
  const name = request.model ?? (hasReferences(request) ? defaultReferenceModel : defaultVideoModel)
  const model = findVideoModel(name)
  if (model === undefined) {
    const replacement = replacementFor("video", name)
    return replacement === undefined
      ? planUnknownModel(name, request, credential)
      : refuse([{ field: "model", message: `${name} was retired by Kling on 2026-09-15; use ${replacement} instead` }])
  }
  const path = choosePath(model, request, credential)
  const problems = [
    ...checkAnyVideoRequest(request),
    ...checkVideoRequest(model, request),
    ...("problem" in path ? [path.problem] : [])
  ]
  if (problems.length > 0 || "problem" in path) return refuse(problems)
  return path.generation === "legacy"
    ? planLegacy(model.legacyName ?? model.id, request, path.reason)
    : planNew(newOperation(model, request), model.id, request, path.reason, unconfirmed(model))
}

type Path = { readonly generation: Generation; readonly reason: string } | { readonly problem: Problem }

const choosePath = (model: VideoModel, request: VideoRequest, credential: CredentialKind): Path => {
  if (request.negativePrompt !== undefined && !model.negativePrompt) {
    return { problem: { field: "negativePrompt", message: `is not supported by ${model.id}; put it in the prompt` } }
  }
  if (credential === "key-pair") {
    return model.legacyName === undefined
      ? {
          problem: {
            field: "model",
            message: `${model.id} requires an API key: it is not available on the legacy paths`
          }
        }
      : { generation: "legacy", reason: credentialReason(credential) }
  }
  return request.negativePrompt === undefined
    ? { generation: "new", reason: credentialReason(credential) }
    : { generation: "legacy", reason: "legacy API: only it accepts a negative prompt" }
}

/** The omni paths accept references and elements; a model that also has plain paths uses those for everything else. */
const isOmniRequest = (model: VideoModel, request: VideoRequest): boolean =>
  model.products.includes("omni-video") &&
  (hasReferences(request) ||
    filled(request.elements) !== undefined ||
    !model.products.includes(product(request) === "t2v" ? "text-to-video" : "image-to-video"))

const newOperation = (model: VideoModel, request: VideoRequest): AnyOperation | undefined =>
  findOperation(`new.${isOmniRequest(model, request) ? "omni" : product(request)}.${model.id}`)

const product = (request: VideoRequest): "t2v" | "i2v" => (request.image === undefined ? "t2v" : "i2v")

const planNew = (
  operation: AnyOperation | undefined,
  model: string,
  request: VideoRequest,
  reason: string,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<Plan, KlingError> =>
  operation === undefined
    ? refuse([{ field: "model", message: `${model} does not support this kind of video` }])
    : finishPlan({
        operation,
        model,
        reasons: [reason],
        warnings,
        nameOf: newVideoField,
        input: newVideoInput(operation, request)
      })

const planLegacy = (
  model: string,
  request: VideoRequest,
  reason: string,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<Plan, KlingError> => {
  const known = findVideoModel(model)
  const omni = known === undefined ? hasReferences(request) : isOmniRequest(known, request)
  const simple = operations[request.image === undefined ? "legacy.text2video" : "legacy.image2video"]
  return finishPlan({
    operation: omni ? operations["legacy.omni-video"] : simple,
    model,
    reasons: [reason],
    warnings,
    nameOf: legacyVideoField(request),
    input: omni ? legacyOmniInput(model, request) : legacyVideoInput(model, request)
  })
}

const unconfirmed = (model: VideoModel): ReadonlyArray<string> =>
  model.state === "unconfirmed" ? [`${model.id} is experimental: Kling has not confirmed it for developers`] : []

/** Unknown names are passed through with a warning: Kling adds models without notice. */
const planUnknownModel = (
  name: string,
  request: VideoRequest,
  credential: CredentialKind
): Effect.Effect<Plan, KlingError> => {
  if (!/^[a-z0-9][a-z0-9.-]{1,60}$/i.test(name))
    return refuse([{ field: "model", message: "is not a valid model name" }])
  if (findImageModel(name) !== undefined) {
    const ids = videoModels.filter((model) => model.state === "live").map((model) => model.id)
    return refuse([{ field: "model", message: `${name} is an image model; choose ${ids.join(", ")}` }])
  }
  const problems = [...checkAnyVideoRequest(request)]
  if (problems.length > 0) return refuse(problems)
  const known = closestMatch(
    name,
    videoModels.map((model) => model.id)
  )
  const hint = known === undefined ? "" : ` (did you mean ${known}?)`
  const warning = `${name} is not in klingkit's model table: sent unchanged, with limits and price unchecked${hint}`
  if (credential === "key-pair" || /^kling-v\d/.test(name) || request.negativePrompt !== undefined) {
    return planLegacy(name, request, "legacy API: the name, the credential or the request requires it", [warning])
  }
  const similar: AnyOperation = hasReferences(request)
    ? operations["new.omni.kling-3.0-omni"]
    : operations[`new.${product(request)}.kling-3.0`]
  const unknownModel: AnyOperation = {
    ...similar,
    id: similar.id.replace(/[^.]+\.[^.]+$/, name),
    path: similar.path.replace(/[^/]+$/, name),
    models: [name],
    confidence: "low",
    price: () => unknownPrice(`no listed price for ${name}`)
  }
  return planNew(unknownModel, name, request, "new API: new models appear there", [warning])
}
