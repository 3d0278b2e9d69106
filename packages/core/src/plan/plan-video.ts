import type { Effect } from "effect"
import type { CredentialKind } from "../auth/credentials.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { knownModels } from "../models/known-models.ts"
import type { ModelTable } from "../models/model-table.ts"
import { replacementFor } from "../models/retired-models.ts"
import type { VideoModel } from "../models/video-model.ts"
import type { AnyOperation, Generation } from "../operation.ts"
import { factRules } from "../operations/video-rules.ts"
import type { Problem } from "../errors/problem.ts"
import { checkShots } from "./check-shots.ts"
import { checkAnyVideoRequest, checkFieldsExist, takesVoicesOnLegacy } from "./check-video-request.ts"
import { newVideoField, newVideoInput } from "./new-video-input.ts"
import { givenFields } from "../params/effective-input.ts"
import { planLegacyVideo } from "./plan-legacy-video.ts"
import { planUnknownVideo } from "./plan-unknown-video.ts"
import { credentialReason, finishPlan, type Plan, planBothPaths, refuse, requestProblems } from "./plan.ts"
import {
  defaultReferenceModel,
  defaultVideoModel,
  filled,
  hasReferences,
  needsOmni,
  type VideoRequest,
  withImplied
} from "./video-request.ts"

/**
 * Selects operation and generation from model, settings and credential; rejects what the path would ignore.
 *
 * @example
 * ```ts
 * import { Kling, maxUsd, planVideo } from "@klingkit/core"
 * import { Effect } from "effect"
 *
 * const submit = Effect.gen(function* () {
 *   const kling = yield* Kling
 *   const { operation, input, quote } = yield* planVideo({ prompt: "a red fox", model: "kling-3.0" }, kling.credential)
 *   const most = maxUsd(quote)
 *   if (operation.kind !== "create" || most === undefined || most > 1) return undefined
 *   return yield* kling.submit(operation, input)
 * })
 * ```
 */
export const planVideo = (request: VideoRequest, credential: CredentialKind): Effect.Effect<Plan, KlingError> =>
  planBothPaths((kind) => planVideoWith(knownModels, givenFields(request), kind), credential)

/** The same over the models of any catalog. */
export const planVideoWith = (
  table: ModelTable,
  given: VideoRequest,
  credential: CredentialKind
): Effect.Effect<Plan, KlingError> => {
  const name = given.model ?? (needsOmni(given) ? defaultReferenceModel : defaultVideoModel)
  const model = table.findVideoModel(name)
  if (model === undefined) {
    const replacement = replacementFor("video", name)
    return replacement === undefined
      ? planUnknownVideo(table, name, given, credential)
      : refuse([{ field: "model", message: `${name} was retired by Kling on 2026-09-15; use ${replacement} instead` }])
  }
  const ofShots = [...checkShots(given, table, model)]
  const request = withImplied(ofShots.length === 0 ? given : withoutShots(given))
  const isOmni = isOmniRequest(table, model, request)
  const operation = table.videoOperation(model, isOmni ? "omni" : request.image === undefined ? "t2v" : "i2v")
  const path = choosePath(model, request, credential, operation)
  const problems = [
    ...ofShots,
    ...checkAnyVideoRequest(request),
    ...("problem" in path ? [path.problem] : []),
    ...(operation === undefined
      ? [{ field: "model", message: `${model.id} does not support this kind of video` }]
      : checkFieldsExist(operation, model.id, model, request, table))
  ]
  if ("problem" in path || operation === undefined) {
    return refuse([...problems, ...(operation === undefined ? [] : limitProblems(operation, model, request))])
  }
  if (path.generation === "new") {
    return finishPlan({
      operation,
      model: model.id,
      reasons: [path.reason],
      warnings: unconfirmed(model),
      nameOf: newVideoField(request),
      limitsOf: model.id,
      problems,
      input: newVideoInput(operation, request)
    })
  }
  const limits = limitProblems(operation, model, request)
  return problems.length + limits.length > 0
    ? refuse([...problems, ...limits])
    : planLegacyVideo(model.legacyName ?? model.id, request, isOmni, path.reason)
}

/** The legacy paths serve all models: the limits of one are those of its operation of the new generation. */
const limitProblems = (operation: AnyOperation, model: VideoModel, request: VideoRequest): ReadonlyArray<Problem> =>
  requestProblems(operation, factRules(model), newVideoInput(operation, request), newVideoField(request), model.id)

type Path = { readonly generation: Generation; readonly reason: string } | { readonly problem: Problem }

const choosePath = (
  model: VideoModel,
  request: VideoRequest,
  credential: CredentialKind,
  operation: AnyOperation | undefined
): Path => {
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
  if (request.negativePrompt !== undefined) {
    return { generation: "legacy", reason: "legacy API: only it accepts a negative prompt" }
  }
  return filled(request.voices) !== undefined && operation !== undefined && takesVoicesOnLegacy(operation, model)
    ? { generation: "legacy", reason: `legacy API: only there ${model.id} speaks with given voices` }
    : { generation: "new", reason: credentialReason(credential) }
}

/** What is wrong with its shots has been said: the rest is checked without them. */
const withoutShots = (request: VideoRequest): VideoRequest => {
  const { shots: _, ...others } = request
  return { prompt: "shots", ...others }
}

/** The omni paths accept references and elements; a model that also has plain paths uses those for everything else. */
const isOmniRequest = (table: ModelTable, model: VideoModel, request: VideoRequest): boolean =>
  model.products.includes("omni-video") &&
  (hasReferences(request) ||
    filled(request.elements) !== undefined ||
    (filled(request.voices) !== undefined && "voices" in (table.videoOperation(model, "omni")?.params ?? {})) ||
    !model.products.includes(request.image === undefined ? "text-to-video" : "image-to-video"))

const unconfirmed = (model: VideoModel): ReadonlyArray<string> =>
  model.state === "unconfirmed" ? [`${model.id} is experimental: Kling has not confirmed it for developers`] : []
