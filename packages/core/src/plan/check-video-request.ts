import type { ModelTable } from "../models/model-table.ts"
import type { VideoModel } from "../models/video-model.ts"
import type { AnyOperation } from "../operation.ts"
import type { Problem } from "../errors/problem.ts"
import { notSupported } from "../params/check-value.ts"
import { filled, needsOmni, type VideoRequest } from "./video-request.ts"

/** Problems with any model, including models that klingkit does not know. */
export function* checkAnyVideoRequest(request: VideoRequest): Generator<Problem> {
  const { referenceVideo } = request
  if (request.audio === "original" && referenceVideo === undefined) {
    yield { field: "audio", message: "original keeps the audio of a reference video: pass {referenceVideo} too" }
  }
  if (request.referenceUse !== undefined && referenceVideo === undefined) {
    yield { field: "referenceUse", message: "applies to a reference video: pass {referenceVideo} too" }
  }
  if (request.lastImage !== undefined && request.image === undefined) {
    yield { field: "lastImage", message: "requires a first frame (image)" }
  }
  if (request.aspectRatio !== undefined && request.image !== undefined) {
    yield { field: "aspectRatio", message: "follows the image when there is one; omit it" }
  }
}

/**
 * Settings that the operation has no field for: without a problem they would be dropped. `model` is absent when
 * klingkit does not know it. The limits of the fields are the operation's own.
 */
export function* checkFieldsExist(
  operation: AnyOperation,
  name: string,
  model: VideoModel | undefined,
  request: VideoRequest,
  table: ModelTable
): Generator<Problem> {
  const has = (...params: ReadonlyArray<string>) => params.some((param) => param in operation.params)
  const instead = (supports: (other: VideoModel) => boolean) => insteadOf(table, supports)
  const omni = (other: VideoModel) => other.products.includes("omni-video")
  if (request.image !== undefined && !has("firstFrame")) {
    yield {
      field: "image",
      message: `cannot be combined with other references by ${name}; give it as one of {referenceImages}`
    }
  }
  if (request.lastImage !== undefined && !has("lastFrame") && request.image !== undefined) {
    yield { field: "lastImage", message: `is not supported by ${name}${instead(({ lastFrame }) => lastFrame)}` }
  }
  if (filled(request.referenceImages) !== undefined && !has("referenceImages")) {
    yield { field: "referenceImages", message: `are not supported by ${name}${instead(omni)}` }
  }
  const edits = request.referenceUse === "base"
  if (request.referenceVideo !== undefined && !has(...(edits ? ["baseVideo"] : ["featureVideo", "featureVideos"]))) {
    yield { field: "referenceVideo", message: `is not supported by ${name}${instead(omni)}` }
  }
  if (filled(request.elements) !== undefined && !has("elements")) {
    yield {
      field: "elements",
      message:
        model !== undefined && model.maxElements > 0
          ? `require an image with ${name}; or choose kling-3.0-omni`
          : `are not supported by ${name}${instead(({ maxElements }) => maxElements > 0)}`
    }
  }
  if (request.multiShot === true && !has("multiShot")) {
    yield {
      field: "multiShot",
      message:
        model?.multiShot === "prompt"
          ? `is not a setting of ${name}; write the shots into the prompt: "shot 1, 3, words; shot 2, 2, words;"`
          : `is not supported by ${name}`
    }
  }
  if (filled(request.voices) !== undefined && !has("voices") && !takesVoicesOnLegacy(operation, model)) {
    yield {
      field: "voices",
      message:
        model !== undefined && model.maxVoices > 0
          ? `require an image with ${name}`
          : needsOmni(request)
            ? `are not supported by ${name}; create an element with the voice instead`
            : `are not supported by ${name}${instead(({ maxVoices }) => maxVoices > 0)}`
    }
  }
  const keepsSound = request.audio === "original" && edits && has("keepOriginalSound")
  if (
    request.audio !== undefined &&
    !has("audio") &&
    !keepsSound &&
    model?.audio.some((one) => one === request.audio) !== true
  ) {
    yield { field: "audio", message: notSupported(request.audio, name, model?.audio ?? ["off"]) }
  }
  if (request.aspectRatio !== undefined && request.image === undefined && !has("aspectRatio")) {
    yield { field: "aspectRatio", message: `is not supported by ${name}; omit it` }
  }
  for (const field of ["resolution", "dynamicRange", "durationSeconds", "watermark", "callbackUrl"] as const) {
    if (request[field] !== undefined && !has(field)) {
      yield { field, message: `is not supported by ${name}; omit it` }
    }
  }
}

/** The first live models that support what another one does not. */
export const insteadOf = ({ videoModels }: ModelTable, supports: (model: VideoModel) => boolean): string => {
  const others = videoModels.filter((other) => other.state === "live" && supports(other)).map(({ id }) => id)
  return others.length === 0 ? "" : `; choose ${others.slice(0, 2).join(" or ")}`
}

/** Of videos from an image only: some models speak with voices on the legacy path alone. */
export const takesVoicesOnLegacy = ({ family, params }: AnyOperation, model: VideoModel | undefined): boolean =>
  family === "i2v" && !("voices" in params) && model?.legacyName !== undefined && model.maxVoices > 0
