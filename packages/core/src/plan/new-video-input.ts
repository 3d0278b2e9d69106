import type { AnyOperation } from "../operation.ts"
import { filled, type VideoRequest } from "./video-request.ts"

/** A person's request in the fields of a new-generation operation. */
export const newVideoInput = (operation: AnyOperation, request: VideoRequest): Readonly<Record<string, unknown>> => {
  const takes = (field: string) => Object.hasOwn(operation.params, field)
  const shaped = request.image !== undefined || request.referenceVideo !== undefined
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
    // Sent always where it has a meaning: Kling's pages do not agree on its default.
    aspectRatio: takes("aspectRatio") ? (request.aspectRatio ?? (shaped ? undefined : "16:9")) : request.aspectRatio,
    durationSeconds: request.durationSeconds,
    multiShot: takes("multiShot")
      ? (request.multiShot ?? (request.referenceVideo !== undefined && !edits))
      : request.multiShot,
    audio: takes("audio") ? request.audio : undefined,
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

/** What the person calls a place of the input: `referenceImages[1].image` is their `referenceImages[1]`. */
export const newVideoName = (place: string): string => {
  const [, field = place, index = ""] = /^(\w+)(\[\d+\])?/.exec(place) ?? []
  return `${names[field] ?? field}${index}`
}
