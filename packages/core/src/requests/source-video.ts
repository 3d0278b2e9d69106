import { Effect } from "effect"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import { knownModels } from "../models/known-models.ts"
import { videoRuleOf } from "../models/operation-limits.ts"
import { replacementFor } from "../models/retired-models.ts"
import type { VideoFamily } from "../models/video-model.ts"
import type { AnyOperation } from "../operation.ts"
import { defaultReferenceModel } from "../plan/video-request.ts"
import type { FoundVideo } from "./plan-context.ts"

/** The live models that take a video of the caller, for descriptions and messages. */
export const sourceVideoModels = knownModels.videoModels
  .filter(({ state, referenceVideo }) => state === "live" && referenceVideo)
  .map(({ id }) => id)

/** What a model does to a finished video: `continue` it or `edit` it. Models that klingkit does not know may do it. */
export const checkSourceModel = (name: string, verb: "continue" | "edit"): Effect.Effect<void, KlingError> =>
  knownModels.findVideoModel(name)?.referenceVideo === false || replacementFor("video", name) !== undefined
    ? refuse("model", `${name} cannot ${verb} a video; choose ${sourceVideoModels.join(", ")}`)
    : Effect.void

/** The operation of a known model in one of these families, the first that it has. */
export const operationFor = (name: string, ...families: ReadonlyArray<VideoFamily>): AnyOperation | undefined => {
  const model = knownModels.findVideoModel(name)
  return model && families.flatMap((family) => knownModels.videoOperation(model, family) ?? [])[0]
}

const videoParams = ["video", "baseVideo", "featureVideo", "featureVideos"]

/** The length of the video, where it is known, by the limits of the model; of the default one, if klingkit does not know it. */
export const checkSourceLength = (
  name: string,
  verb: "continued" | "edited",
  { durationSeconds }: FoundVideo
): Effect.Effect<void, KlingError> => {
  const operation = operationFor(name, "extend", "omni") ?? operationFor(defaultReferenceModel, "omni")
  const { minSeconds: min = 0, maxSeconds: max = Number.POSITIVE_INFINITY } =
    (operation && videoRuleOf(operation, ...videoParams)) ?? {}
  return durationSeconds === undefined || (durationSeconds >= min && durationSeconds <= max)
    ? Effect.void
    : refuse("video", `is a video of ${durationSeconds} s; only videos of ${min} to ${max} s can be ${verb}`)
}

/** An operation that continues a video takes no other subjects. */
export const refuseReferences = (
  model: string,
  given: { readonly referenceImages?: unknown; readonly elements?: unknown }
): Effect.Effect<void, KlingError> => {
  const fields = (["referenceImages", "elements"] as const).filter((field) => given[field] !== undefined)
  const message = `are not supported when ${model} continues a video; choose ${defaultReferenceModel}`
  return fields.length === 0 ? Effect.void : Effect.fail(invalidInput(fields.map((field) => ({ field, message }))))
}

/** The legacy paths have no operation that continues a video. */
export const requiresApiKey = (model: string): Effect.Effect<never, KlingError> =>
  refuse("model", `${model} requires an API key: it is not available on the legacy paths`)

const refuse = (field: string, message: string): Effect.Effect<never, KlingError> =>
  Effect.fail(invalidInput([{ field, message }]))
