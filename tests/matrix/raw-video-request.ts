import { type AnyOperation, findOperation, type VideoRequest } from "@klingkit/core"
import { isLegacy, isOmni, requestOf, type VideoCell } from "./video-cells.ts"

/** A cell as Kling's own API words it, legal or not: written by hand, so that no check of ours stands in its way. */
export interface RawRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** The fields of the request that this path has a place for; the new paths ignore all others. */
  readonly says: (field: keyof VideoRequest) => boolean
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

const sayer = (operation: AnyOperation | undefined) => (field: keyof VideoRequest) =>
  // A path that does not exist, or a model that a path does not have, is refused by its name.
  field === "model" || (fieldNames[field] ?? [field]).some((name) => operation?.params[name] !== undefined)

const newer = (cell: VideoCell): RawRequest => {
  const { model, frames, video } = cell
  const references = cell.pictures + cell.elements > 0 || video !== undefined
  const plain = frames === "none" ? "text-to-video" : "image-to-video"
  const takesOmni = isOmni(model) && (references || !model.products.includes(plain))
  const product = takesOmni ? "omni-video" : plain
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
    ...(request.referenceImages ?? []).map((url, index) => ({ type: "refer_image", url, id: `picture_${index}_` })),
    ...(referenceVideo === undefined ? [] : [{ type: `${video}_video`, url: referenceVideo, id: "clip" }]),
    ...(request.elements ?? []).map((element_id, index) => ({ type: "element", element_id, id: `element_${index}_` }))
  ]
  return {
    path: `/${product}/${model.id}`,
    body: product === "text-to-video" ? { prompt, settings } : { contents, settings },
    says: sayer(
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
  const keepsSound = request.audio === "original" && video !== undefined && isOmni(model)
  const body = {
    model_name: model.legacyName ?? model.id,
    prompt: request.prompt,
    negative_prompt: request.negativePrompt,
    mode: modes[request.resolution ?? "720p"] ?? request.resolution,
    duration: request.durationSeconds === undefined ? undefined : String(request.durationSeconds),
    aspect_ratio: request.aspectRatio ?? (frames === "none" && video !== "base" ? "16:9" : undefined),
    sound: keepsSound ? undefined : ({ native: "on", off: "off" }[request.audio ?? ""] ?? request.audio),
    ...(request.multiShot === true ? { multi_shot: true, shot_type: "intelligence" } : {}),
    element_list: elements?.map((id) => ({ element_id: Number(id) }))
  }
  if (!isOmni(model)) {
    const id = frames === "none" ? "legacy.text2video" : "legacy.image2video"
    const operation = findOperation(id)
    return { path: operation?.path ?? "", body: { ...body, image, image_tail: lastImage }, says: sayer(operation) }
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
          : [{ video_url: referenceVideo, refer_type: video, keep_original_sound: keepsSound ? "yes" : "no" }]
    },
    says: sayer(operation)
  }
}
