import { withOrderedReferences } from "../operations/prompt-references.ts"
import { filled, type VideoRequest } from "./video-request.ts"

const modeOf: Readonly<Record<string, string>> = { "720p": "std", "1080p": "pro", "4k": "4k" }
const soundOf: Readonly<Record<string, string>> = { native: "on", off: "off" }

/** Maps a request to the input of the legacy text-to-video and image-to-video operations. */
export const legacyVideoInput = (model: string, request: VideoRequest): Readonly<Record<string, unknown>> => ({
  ...shared(model, request),
  image: request.image,
  imageTail: request.lastImage,
  elements: filled(request.elements),
  voices: filled(request.voices)
})

/** Maps a request to the input of the legacy omni operation. */
export const legacyOmniInput = (model: string, request: VideoRequest): Readonly<Record<string, unknown>> => {
  const frames = [
    ...(request.image === undefined ? [] : [{ image: request.image, frame: "first_frame" }]),
    ...(request.lastImage === undefined ? [] : [{ image: request.lastImage, frame: "end_frame" }])
  ]
  const images = [...frames, ...(request.referenceImages ?? []).map((image) => ({ image }))]
  return {
    ...shared(model, request, frames.length),
    images: filled(images),
    videos:
      request.referenceVideo === undefined
        ? undefined
        : [
            {
              video: request.referenceVideo,
              referType: request.referenceUse ?? "feature",
              keepOriginalSound: request.audio === "original" ? "yes" : "no"
            }
          ],
    elements: filled(request.elements)
  }
}

const names: Readonly<Record<string, string>> = {
  mode: "resolution",
  sound: "audio",
  imageTail: "lastImage",
  images: "referenceImages",
  videos: "referenceVideo"
}

/** Maps a path in the legacy input back to the field of the request; frames and references share one array there. */
export const legacyVideoField = (request: VideoRequest) => {
  const images = [
    ...(request.image === undefined ? [] : ["image"]),
    ...(request.lastImage === undefined ? [] : ["lastImage"]),
    ...(request.referenceImages ?? []).map((_, index) => `referenceImages[${index}]`)
  ]
  return (path: string): string => {
    if (path === "images[first_frame]") return "image"
    if (path === "images[end_frame]") return "lastImage"
    const [, field = path, index] = /^(\w+)(?:\[(\d+)\])?/.exec(path) ?? []
    if (field === "images" && index !== undefined) return images[Number(index)] ?? "referenceImages"
    const name = names[field] ?? field
    return index === undefined || field === "videos" ? name : `${name}[${index}]`
  }
}

const shared = (model: string, request: VideoRequest, framesInList = 0) => ({
  model,
  prompt: request.prompt === undefined ? undefined : withOrderedReferences(request.prompt, framesInList),
  negativePrompt: request.negativePrompt,
  mode: request.resolution === undefined ? "std" : (modeOf[request.resolution] ?? request.resolution),
  aspectRatio:
    request.aspectRatio ?? (request.image === undefined && request.referenceUse !== "base" ? "16:9" : undefined),
  durationSeconds: request.durationSeconds,
  // The audio of a reference video is kept by a field of its own.
  sound:
    request.audio === undefined || request.audio === "original" ? undefined : (soundOf[request.audio] ?? request.audio),
  ...shotsOf(request, framesInList),
  watermark: request.watermark,
  callbackUrl: request.callbackUrl
})

const shotsOf = ({ shots, multiShot }: VideoRequest, framesInList: number) =>
  shots === undefined
    ? multiShot === true
      ? { multiShot: true, shotType: "intelligence" }
      : {}
    : {
        multiShot: true,
        shotType: "customize",
        shots: shots.map(({ prompt, durationSeconds }, index) => ({
          index: index + 1,
          prompt: withOrderedReferences(prompt, framesInList),
          durationSeconds
        }))
      }
