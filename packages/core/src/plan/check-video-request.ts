import type { VideoModel } from "../models/video-models.ts"
import type { Problem } from "../params/check-input.ts"
import type { VideoRequest } from "./video-request.ts"

/** Problems with any model, including models that klingkit does not know. */
export function* checkAnyVideoRequest(request: VideoRequest): Generator<Problem> {
  const { referenceVideo } = request
  if (request.audio === "original" && referenceVideo === undefined) {
    yield { field: "audio", message: "original keeps the audio of a reference video: pass referenceVideo too" }
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

/** What the capability table rules out, in the field names of the request. */
export function* checkVideoRequest(model: VideoModel, request: VideoRequest): Generator<Problem> {
  const resolution = request.resolution ?? "720p"
  const seconds = request.durationSeconds
  const audio = request.audio
  if (!includes(model.resolutions, resolution)) {
    yield {
      field: "resolution",
      message: `${resolution} is not supported by ${model.id}: ${model.resolutions.join(", ")}`
    }
  }
  if (seconds !== undefined) yield* checkSeconds(model, seconds)
  if (request.aspectRatio !== undefined && !model.aspectRatios.includes(request.aspectRatio)) {
    yield {
      field: "aspectRatio",
      message:
        model.aspectRatios.length === 0
          ? `is not supported by ${model.id}; omit it`
          : `${request.aspectRatio} is not supported by ${model.id}: ${model.aspectRatios.join(", ")}`
    }
  }
  if (audio !== undefined && !includes(model.audio, audio)) {
    yield {
      field: "audio",
      message:
        model.audio.length === 1
          ? `${audio} is not supported by ${model.id}: it is always ${model.audio[0]}`
          : `${audio} is not supported by ${model.id}: ${model.audio.join(", ")}`
    }
  } else if (audio === "native" && model.nativeAudioAt !== undefined && !includes(model.nativeAudioAt, resolution)) {
    yield { field: "audio", message: `native requires resolution ${model.nativeAudioAt.join(" or ")} with ${model.id}` }
  }
  if (request.lastImage !== undefined) yield* checkLastImage(model, request, resolution)
  yield* checkReferences(model, request)
  if (request.multiShot === true && model.multiShot !== true) {
    yield {
      field: "multiShot",
      message:
        model.multiShot === "prompt"
          ? `is not a setting of ${model.id}; write the shots into the prompt: "shot 1, 3, words; shot 2, 2, words;"`
          : `is not supported by ${model.id}`
    }
  }
}

function* checkSeconds(model: VideoModel, seconds: number): Generator<Problem> {
  const limits = model.seconds
  if ("values" in limits) {
    if (limits.values.includes(seconds)) return
    const nearest = limits.values.toSorted((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds))[0]
    yield {
      field: "durationSeconds",
      message: `${seconds} is not supported by ${model.id} (${limits.values.join(" or ")} s); did you mean ${nearest}?`
    }
  } else if (seconds < limits.min || seconds > limits.max) {
    const nearest = Math.min(limits.max, Math.max(limits.min, seconds))
    yield {
      field: "durationSeconds",
      message: `${seconds} is not supported by ${model.id} (${limits.min} to ${limits.max} s); did you mean ${nearest}?`
    }
  }
}

function* checkLastImage(model: VideoModel, request: VideoRequest, resolution: string): Generator<Problem> {
  if (!model.lastFrame) {
    yield { field: "lastImage", message: `is not supported by ${model.id}; choose kling-3.0 or kling-3.0-omni` }
  } else if (model.lastFrameAt !== undefined && !includes(model.lastFrameAt, resolution)) {
    yield {
      field: "lastImage",
      message: `requires resolution ${model.lastFrameAt.join(" or ")} with ${model.id}`
    }
  } else if (model.lastFrameSilent === true && request.audio === "native") {
    yield { field: "lastImage", message: `makes a silent video with ${model.id}; set audio to off` }
  }
}

function* checkReferences(model: VideoModel, request: VideoRequest): Generator<Problem> {
  const acceptsReferences = model.products.includes("omni-video")
  if ((request.referenceImages?.length ?? 0) > 0 && !acceptsReferences) {
    yield { field: "referenceImages", message: `are not supported by ${model.id}; choose kling-3.0-omni or kling-o1` }
  }
  if (request.referenceVideo !== undefined && !model.referenceVideo) {
    yield { field: "referenceVideo", message: `is not supported by ${model.id}; choose kling-3.0-omni or kling-o1` }
  }
  const elements = request.elements?.length ?? 0
  if (elements === 0) return
  if (model.maxElements === 0) {
    yield { field: "elements", message: `are not supported by ${model.id}; choose kling-3.0 or kling-3.0-omni` }
  } else if (elements > model.maxElements) {
    yield { field: "elements", message: `has ${elements} entries; at most ${model.maxElements} with ${model.id}` }
  } else if (!acceptsReferences && request.image === undefined) {
    yield { field: "elements", message: `require an image with ${model.id}; or choose kling-3.0-omni` }
  }
}

const includes = (values: ReadonlyArray<string>, value: string): boolean => values.includes(value)
