import type { AnyOperation } from "../operation.ts"
import { idByOrder, withNamedReferences } from "../operations/prompt-references.ts"
import { hasShots, promptOfShots } from "../operations/shot-syntax.ts"
import { filled, type VideoRequest } from "./video-request.ts"

/** Maps a request to the input of a new-generation operation; settings that it has no field for are left out. */
export const newVideoInput = (operation: AnyOperation, request: VideoRequest): Readonly<Record<string, unknown>> => {
  const followsInput = request.image !== undefined || request.referenceVideo !== undefined
  const edits = request.referenceUse === "base"
  const video =
    request.referenceVideo === undefined ? undefined : { video: request.referenceVideo, id: idByOrder("video", 1) }
  const words = request.shots === undefined ? request.prompt : promptOfShots(request.shots)
  const input: Readonly<Record<string, unknown>> = {
    prompt: words === undefined ? undefined : withNamedReferences(words),
    firstFrame: request.image,
    lastFrame: request.lastImage,
    referenceImages: filled(request.referenceImages)?.map((image, index) => ({
      image,
      id: idByOrder("image", index + 1)
    })),
    baseVideo: edits ? video : undefined,
    featureVideo: edits ? undefined : video,
    featureVideos: edits || video === undefined ? undefined : [video],
    elements: filled(request.elements)?.map((elementId, index) => ({ elementId, id: idByOrder("element", index + 1) })),
    voices: filled(request.voices)?.map((voiceId, index) => ({ voiceId, id: idByOrder("voice", index + 1) })),
    resolution: request.resolution,
    // Always sent where it applies: Kling's documentation is inconsistent about its default.
    aspectRatio: request.aspectRatio ?? (followsInput ? undefined : "16:9"),
    durationSeconds: request.durationSeconds,
    multiShot: request.multiShot ?? (!edits && (video !== undefined || hasShots(words ?? ""))),
    audio: request.audio,
    // Where a model has no setting for audio, this one keeps that of an edited video.
    keepOriginalSound: request.audio === "original" ? true : undefined,
    dynamicRange: request.dynamicRange,
    watermark: request.watermark,
    callbackUrl: request.callbackUrl
  }
  return Object.fromEntries(
    Object.entries(input).filter(([field, value]) => value !== undefined && field in operation.params)
  )
}

const names: Readonly<Record<string, string>> = {
  firstFrame: "image",
  lastFrame: "lastImage",
  baseVideo: "referenceVideo",
  featureVideo: "referenceVideo",
  featureVideos: "referenceVideo",
  keepOriginalSound: "audio"
}

/** Maps a path in the input back to the field of the request: `referenceImages[1].image` to `referenceImages[1]`. */
export const newVideoField =
  (request: VideoRequest) =>
  (path: string): string => {
    const [, field = path, index = ""] = /^(\w+)(\[\d+\])?/.exec(path) ?? []
    if (field === "prompt" && request.shots !== undefined) return "shots"
    return `${names[field] ?? field}${field === "featureVideos" ? "" : index}`
  }
