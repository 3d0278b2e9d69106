import { type AnyOperation, findOperation, type VideoRequest } from "@klingkit/core"
import { isLegacy, isOmni, requestOf, type VideoCell } from "./video-cells.ts"

/** A cell as a raw request to Kling's API, legal or not: built by hand to bypass our own checks. */
export interface RawRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** Whether this path has a wire field for a field of the request; the new paths ignore all others. */
  readonly hasField: (field: keyof VideoRequest) => boolean
}

export const rawRequest = (cell: VideoCell): RawRequest => (isLegacy(cell) ? legacy(cell) : newer(cell))

const fieldNames: Readonly<Record<string, ReadonlyArray<string>>> = {
  image: ["firstFrame", "image", "images"],
  lastImage: ["lastFrame", "imageTail", "images"],
  referenceImages: ["referenceImages", "images"],
  referenceVideo: ["featureVideo", "videos"],
  resolution: ["resolution", "mode"],
  audio: ["audio", "sound"]
}

const fieldCheck = (operation: AnyOperation | undefined) => (field: keyof VideoRequest) =>
  // An unknown path, or a model that the path does not have, is refused by name.
  field === "model" || (fieldNames[field] ?? [field]).some((name) => operation?.params[name] !== undefined)

const newer = (cell: VideoCell): RawRequest => {
  const { model, frames, video } = cell
  const references = cell.images + cell.elements > 0 || video !== undefined
  const plain = frames === "none" ? "text-to-video" : "image-to-video"
  const usesOmni = isOmni(model) && (references || !model.products.includes(plain))
  const product = usesOmni ? "omni-video" : plain
  const { prompt, image, lastImage, referenceVideo, ...request } = requestOf(cell)
  const settings = {
    resolution: request.resolution,
    duration: request.durationSeconds,
    aspect_ratio: request.aspectRatio,
    audio: request.audio,
    multi_shot: request.multiShot ?? (model.multiShot === true ? video === "feature" : undefined)
  }
  const contents = [
    { type: "prompt", text: prompt },
    ...(image === undefined ? [] : [{ type: "first_frame", url: image }]),
    ...(lastImage === undefined ? [] : [{ type: "last_frame", url: lastImage }]),
    ...(request.referenceImages ?? []).map((url, index) => ({ type: "refer_image", url, id: `image_${index}_` })),
    ...(referenceVideo === undefined ? [] : [{ type: `${video}_video`, url: referenceVideo, id: "video" }]),
    ...(request.elements ?? []).map((element_id, index) => ({ type: "element", element_id, id: `element_${index}_` }))
  ]
  return {
    path: `/${product}/${model.id}`,
    body: product === "text-to-video" ? { prompt, settings } : { contents, settings },
    hasField: fieldCheck(
      findOperation(
        `new.${{ "text-to-video": "t2v", "image-to-video": "i2v", "omni-video": "omni" }[product]}.${model.id}`
      )
    )
  }
}

const modes: Readonly<Record<string, string>> = { "720p": "std", "1080p": "pro", "4k": "4k" }

const legacy = (cell: VideoCell): RawRequest => {
  const { model, frames, video } = cell
  const { image, lastImage, referenceImages = [], referenceVideo, elements, ...request } = requestOf(cell)
  const keepsAudio = request.audio === "original" && video !== undefined && isOmni(model)
  const body = {
    model_name: model.legacyName ?? model.id,
    prompt: request.prompt,
    negative_prompt: request.negativePrompt,
    mode: modes[request.resolution ?? "720p"] ?? request.resolution,
    duration: request.durationSeconds === undefined ? undefined : String(request.durationSeconds),
    aspect_ratio: request.aspectRatio ?? (frames === "none" && video !== "base" ? "16:9" : undefined),
    sound: keepsAudio ? undefined : ({ native: "on", off: "off" }[request.audio ?? ""] ?? request.audio),
    ...(request.multiShot === true ? { multi_shot: true, shot_type: "intelligence" } : {}),
    element_list: elements?.map((id) => ({ element_id: Number(id) }))
  }
  if (!isOmni(model)) {
    const id = frames === "none" ? "legacy.text2video" : "legacy.image2video"
    const operation = findOperation(id)
    return {
      path: operation?.path ?? "",
      body: { ...body, image, image_tail: lastImage },
      hasField: fieldCheck(operation)
    }
  }
  const operation = findOperation("legacy.omni-video")
  const images = [
    ...(image === undefined ? [] : [{ image_url: image, type: "first_frame" }]),
    ...(lastImage === undefined ? [] : [{ image_url: lastImage, type: "end_frame" }]),
    ...referenceImages.map((image_url) => ({ image_url }))
  ]
  return {
    path: operation?.path ?? "",
    body: {
      ...body,
      image_list: images.length === 0 ? undefined : images,
      video_list:
        referenceVideo === undefined
          ? undefined
          : [{ video_url: referenceVideo, refer_type: video, keep_original_sound: keepsAudio ? "yes" : "no" }]
    },
    hasField: fieldCheck(operation)
  }
}
