import type { AnyOperation } from "../operation.ts"
import { filled, type VideoRequest } from "./video-request.ts"

/** Maps a request to the input of a new-generation operation. */
export const newVideoInput = (operation: AnyOperation, request: VideoRequest): Readonly<Record<string, unknown>> => {
  const hasParam = (field: string) => Object.hasOwn(operation.params, field)
  const followsInput = request.image !== undefined || request.referenceVideo !== undefined
  const edits = request.referenceUse === "base"
  return {
    prompt: request.prompt,
    firstFrame: request.image,
    lastFrame: request.lastImage,
    referenceImages: filled(request.referenceImages)?.map((image, index) => ({ image, id: `image_${index + 1}` })),
    [edits ? "baseVideo" : "featureVideo"]:
      request.referenceVideo === undefined ? undefined : { video: request.referenceVideo, id: "video_1" },
    elements: filled(request.elements)?.map((elementId, index) => ({ elementId, id: `element_${index + 1}` })),
    resolution: request.resolution,
    // Always sent where it applies: Kling's documentation is inconsistent about its default.
    aspectRatio: hasParam("aspectRatio")
      ? (request.aspectRatio ?? (followsInput ? undefined : "16:9"))
      : request.aspectRatio,
    durationSeconds: request.durationSeconds,
    multiShot: hasParam("multiShot")
      ? (request.multiShot ?? (request.referenceVideo !== undefined && !edits))
      : request.multiShot,
    audio: hasParam("audio") ? request.audio : undefined,
    watermark: request.watermark,
    callbackUrl: request.callbackUrl
  }
}

const names: Readonly<Record<string, string>> = {
  firstFrame: "image",
  lastFrame: "lastImage",
  baseVideo: "referenceVideo",
  featureVideo: "referenceVideo"
}

/** Maps a path in the input back to the field of the request: `referenceImages[1].image` to `referenceImages[1]`. */
export const newVideoField = (path: string): string => {
  const [, field = path, index = ""] = /^(\w+)(\[\d+\])?/.exec(path) ?? []
  return `${names[field] ?? field}${index}`
}
