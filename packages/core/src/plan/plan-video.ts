import type { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { successorOf } from "../models/retired-models.ts"
import { findVideoModel, type VideoModel } from "../models/video-models.ts"
import type { AnyOperation, Generation } from "../operation.ts"
import { findOperation, operations } from "../operations/catalog.ts"
import { nearestWord } from "../params/nearest-word.ts"
import { unknownPrice } from "../prices/quote.ts"
import { checkVideoRequest } from "./check-video-request.ts"
import { credentialReason, finishPlan, type Plan, refuse } from "./plan.ts"
import { defaultVideoModel, type VideoRequest } from "./video-request.ts"

/** Decides operation and generation from model, settings and credential; refuses what the path would ignore. */
export const planVideo = (request: VideoRequest, credential: CredentialKind): Effect.Effect<Plan, KlingError> => {
  const name = request.model ?? defaultVideoModel
  const model = findVideoModel(name)
  const successor = successorOf("video", name)
  if (model === undefined && successor !== undefined) {
    return refuse([
      { field: "model", message: `${name} was switched off by Kling on 2026-09-15; use ${successor} instead` }
    ])
  }
  if (model === undefined) return planUnknownModel(name, request, credential)
  const problems = [...checkVideoRequest(model, request)]
  const path = choosePath(model, request, credential)
  if ("problem" in path) problems.push(path.problem)
  if (problems.length > 0 || "problem" in path) return refuse(problems)
  return path.generation === "legacy"
    ? planLegacy(model.legacyName ?? model.id, request, path.reasons, [])
    : planNew(newOperation(model.id, request), model.id, request, path.reasons, [])
}

type Path =
  | { readonly generation: Generation; readonly reasons: ReadonlyArray<string> }
  | { readonly problem: { readonly field: string; readonly message: string } }

const choosePath = (model: VideoModel, request: VideoRequest, credential: CredentialKind): Path => {
  if (request.negativePrompt !== undefined && !model.negativePrompt) {
    return { problem: { field: "negativePrompt", message: `is not taken by ${model.id}; say it in the prompt` } }
  }
  if (credential === "key-pair") {
    return model.legacyName === undefined
      ? { problem: { field: "model", message: `${model.id} needs an API key: it is not offered on the legacy paths` } }
      : { generation: "legacy", reasons: [credentialReason(credential)] }
  }
  return request.negativePrompt !== undefined
    ? { generation: "legacy", reasons: ["a negative prompt is taken on the legacy path only"] }
    : { generation: "new", reasons: [credentialReason(credential)] }
}

const isOmni = (model: string): boolean => findVideoModel(model)?.products.includes("omni-video") === true

const newOperation = (model: string, request: VideoRequest): AnyOperation | undefined => {
  const product = isOmni(model) ? "omni" : request.image === undefined ? "t2v" : "i2v"
  return findOperation(`new.${product}.${model}`)
}

const planNew = (
  operation: AnyOperation | undefined,
  model: string,
  request: VideoRequest,
  reasons: ReadonlyArray<string>,
  warnings: ReadonlyArray<string>
): Effect.Effect<Plan, KlingError> => {
  if (operation === undefined) return refuse([{ field: "model", message: `${model} has no such operation` }])
  const takes = (field: string) => Object.hasOwn(operation.params, field)
  return finishPlan({
    operation,
    model,
    reasons,
    warnings,
    names: { firstFrame: "image", lastFrame: "lastImage" },
    input: {
      prompt: request.prompt,
      firstFrame: request.image,
      lastFrame: request.lastImage,
      resolution: request.resolution,
      // Sent always: Kling's own default for it is not the same on all pages.
      aspectRatio: takes("aspectRatio") && request.image === undefined ? (request.aspectRatio ?? "16:9") : undefined,
      durationSeconds: request.durationSeconds,
      multiShot: takes("multiShot") ? (request.multiShot ?? false) : undefined,
      audio: takes("audio") ? request.audio : undefined,
      watermark: request.watermark,
      callbackUrl: request.callbackUrl
    }
  })
}

const modeOf: Readonly<Record<string, string>> = { "720p": "std", "1080p": "pro", "4k": "4k" }

const planLegacy = (
  model: string,
  request: VideoRequest,
  reasons: ReadonlyArray<string>,
  warnings: ReadonlyArray<string>
): Effect.Effect<Plan, KlingError> => {
  const omni = isOmni(model)
  const frames = omni
    ? {
        images: [
          ...(request.image === undefined ? [] : [{ url: request.image, type: "first_frame" }]),
          ...(request.lastImage === undefined ? [] : [{ url: request.lastImage, type: "end_frame" }])
        ]
      }
    : { image: request.image, imageTail: request.lastImage }
  const operation =
    (omni ? findOperation("legacy.omni-video") : undefined) ??
    operations[request.image === undefined ? "legacy.text2video" : "legacy.image2video"]
  return finishPlan({
    operation,
    model,
    reasons,
    warnings,
    names: { mode: "resolution", sound: "audio", imageTail: "lastImage" },
    input: {
      model,
      prompt: request.prompt,
      negativePrompt: request.negativePrompt,
      ...(omni && frames.images?.length === 0 ? {} : frames),
      mode: request.resolution === undefined ? "std" : (modeOf[request.resolution] ?? request.resolution),
      aspectRatio: request.image === undefined ? (request.aspectRatio ?? "16:9") : undefined,
      durationSeconds: request.durationSeconds,
      sound: request.audio === undefined ? undefined : request.audio === "native" ? "on" : "off",
      ...(request.multiShot === true ? { multiShot: true, shotType: "intelligence" } : {}),
      watermark: request.watermark,
      callbackUrl: request.callbackUrl
    }
  })
}

/** A name that klingkit does not know yet goes through as it is, with a warning: Kling adds models without notice. */
const planUnknownModel = (
  name: string,
  request: VideoRequest,
  credential: CredentialKind
): Effect.Effect<Plan, KlingError> => {
  const known = nearestWord(name, [
    "kling-3.0",
    "kling-3.0-turbo",
    "kling-3.0-omni",
    "kling-o1",
    "kling-2.6",
    "kling-2.5-turbo"
  ])
  const warning = `${name} is not in klingkit's model table: sent as it is, its limits and price unchecked${known === undefined ? "" : ` (did you mean ${known}?)`}`
  if (!/^[a-z0-9][a-z0-9.-]{1,60}$/i.test(name)) return refuse([{ field: "model", message: "is not a model name" }])
  if (credential === "key-pair" || /^kling-v\d/.test(name) || request.negativePrompt !== undefined) {
    return planLegacy(name, request, ["an unknown model by its legacy name"], [warning])
  }
  const product = request.image === undefined ? "t2v" : "i2v"
  const declared = findOperation(`new.${product}.${name}`)
  const similar = operations[`new.${product}.kling-3.0`]
  const operation: AnyOperation = declared ?? {
    ...(similar as AnyOperation),
    id: `new.${product}.${name}`,
    path: `/${product === "t2v" ? "text" : "image"}-to-video/${name}`,
    models: [name],
    confidence: "low",
    price: () => unknownPrice(`no listed price for ${name}`)
  }
  return planNew(operation, name, request, ["an unknown model by its new name"], [warning])
}
