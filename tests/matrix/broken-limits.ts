import type { VideoRequest } from "@klingkit/core"
import { isLegacy, isOmni, type VideoCell } from "./video-cells.ts"

/** A limit of the table that a cell violates: the field, and the values of which a refusal must name at least one. */
export interface Broken {
  readonly field: keyof VideoRequest
  readonly names: ReadonlyArray<string>
  /** Kling itself would accept it; we refuse it because the result would differ from the request. */
  readonly oursOnly?: boolean
}

/** Derived from the table alone, with no code of the planner. Empty: the matrix allows the cell. */
export function* brokenLimits(cell: VideoCell): Generator<Broken> {
  const { model, credential, frames, aspectRatio } = cell
  const product = frames === "none" ? "text-to-video" : "image-to-video"
  if (credential === "key-pair" && model.legacyName === undefined) yield { field: "model", names: ["API key"] }
  if (!isOmni(model) && !model.products.includes(product)) yield { field: "model", names: [model.id] }
  if (!isIn(model.resolutions, cell.resolution ?? "720p")) yield { field: "resolution", names: model.resolutions }
  if (aspectRatio !== undefined) {
    if (frames !== "none") yield { field: "aspectRatio", names: ["omit it"], oursOnly: true }
    if (!isIn(model.aspectRatios, aspectRatio)) {
      yield { field: "aspectRatio", names: [...model.aspectRatios, "omit it"] }
    }
  }
  if (cell.negativePrompt && !model.negativePrompt) yield { field: "negativePrompt", names: ["prompt"] }
  yield* brokenSeconds(cell)
  yield* brokenAudio(cell)
  yield* brokenFrames(cell)
  yield* brokenReferences(cell)
  yield* brokenShots(cell)
}

function* brokenSeconds({ model, seconds, frames, images, elements, video }: VideoCell): Generator<Broken> {
  const { seconds: limits, references } = model
  if (seconds !== undefined) {
    if ("values" in limits) {
      const nearest = limits.values.toSorted((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds))[0]
      if (!limits.values.includes(seconds)) yield { field: "durationSeconds", names: [`did you mean ${nearest}?`] }
    } else if (seconds < limits.min || seconds > limits.max) {
      const nearest = seconds < limits.min ? limits.min : limits.max
      yield { field: "durationSeconds", names: [`did you mean ${nearest}?`] }
    }
    if (video === "base" && model.referenceVideo) yield { field: "durationSeconds", names: ["omit it"] }
  }
  const only = references?.secondsWithoutReferences
  const alone = images + elements === 0 && frames !== "both" && video === undefined
  if (only !== undefined && alone && !only.includes(seconds ?? 5)) {
    yield { field: "durationSeconds", names: only.map(String) }
  }
}

function* brokenAudio(cell: VideoCell): Generator<Broken> {
  const { model, audio, video, resolution = "720p" } = cell
  const allowed = video === undefined ? undefined : model.references?.withVideo?.[video].audio
  if (audio === undefined) return
  if (!isIn(model.audio, audio)) yield { field: "audio", names: model.audio }
  if (audio === "original" && video === undefined) yield { field: "audio", names: ["referenceVideo", ...model.audio] }
  if (audio === "native" && model.nativeAudioAt !== undefined && !isIn(model.nativeAudioAt, resolution)) {
    yield { field: "audio", names: model.nativeAudioAt }
  }
  if (isLegacy(cell)) {
    // The legacy path keeps the video's audio by a separate field, and generates no audio next to any reference video.
    if (audio === "native" && video !== undefined && model.referenceVideo) yield { field: "audio", names: ["off"] }
  } else if (allowed !== undefined && !isIn(allowed, audio)) {
    yield { field: "audio", names: allowed }
  }
}

function* brokenFrames({ model, frames, resolution = "720p", audio }: VideoCell): Generator<Broken> {
  if (frames !== "both") return
  if (!model.lastFrame) yield { field: "lastImage", names: ["kling-3.0"] }
  if (model.lastFrameAt !== undefined && !isIn(model.lastFrameAt, resolution)) {
    yield { field: "lastImage", names: model.lastFrameAt }
  }
  if (model.lastFrameSilent === true && audio === "native") yield { field: "lastImage", names: ["off"] }
}

function* brokenReferences(cell: VideoCell): Generator<Broken> {
  const { model, frames, images, elements, video } = cell
  const { references: limits, maxElements } = model
  if (images > 0 && !isOmni(model)) yield { field: "referenceImages", names: ["kling-3.0-omni"] }
  if (video !== undefined && !model.referenceVideo) yield { field: "referenceVideo", names: ["kling-3.0-omni"] }
  if (elements > maxElements) yield { field: "elements", names: [`at most ${maxElements}`, "kling-3.0-omni"] }
  else if (elements > 0 && !isOmni(model) && frames === "none") yield { field: "elements", names: ["kling-3.0-omni"] }
  if (limits === undefined) return
  const max = video === undefined ? limits.max : limits.maxWithVideo
  if (images + elements > max) yield { field: "referenceImages", names: [`at most ${max}`] }
  // The legacy path lists frames together with the images, and counts both.
  const listed = images + { none: 0, first: 1, both: 2 }[frames]
  for (const max of video === undefined ? [legacyList] : [legacyList, legacyListWithVideo]) {
    if (isLegacy(cell) && listed > max) yield { field: "referenceImages", names: [`at most ${max}`] }
  }
  const besideFrames = limits.maxElementsWithFrames
  if (besideFrames !== undefined && frames !== "none" && elements > besideFrames) {
    yield { field: "elements", names: [`at most ${besideFrames}`] }
  }
  if (limits.bothFramesAlone === true && frames === "both" && (images + elements > 0 || video !== undefined)) {
    yield { field: "lastImage", names: ["omit the last frame"] }
  }
  if (limits.baseVideoWithoutFrames === true && video === "base" && frames !== "none") {
    yield { field: "image", names: ["omit the frames"] }
  }
}

function* brokenShots(cell: VideoCell): Generator<Broken> {
  const { model, multiShot, video } = cell
  if (multiShot === true && model.multiShot !== true) yield { field: "multiShot", names: [model.id] }
  const allowed = video === undefined ? undefined : model.references?.withVideo?.[video].multiShot
  if (!isLegacy(cell) && allowed !== undefined && multiShot !== undefined && multiShot !== allowed) {
    yield { field: "multiShot", names: [String(allowed)] }
  }
}

const legacyList = 7
const legacyListWithVideo = 4

const isIn = (values: ReadonlyArray<string>, value: string): boolean => values.includes(value)
