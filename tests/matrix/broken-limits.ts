import type { VideoRequest } from "@klingkit/core"
import { isLegacy, isOmni, type VideoCell } from "./video-cells.ts"

/** A limit of the table that a cell breaks: the field to blame, and what a refusal has to name, one of it. */
export interface Broken {
  readonly field: keyof VideoRequest
  readonly names: ReadonlyArray<string>
  /** Kling itself would let it pass; it is refused because the result is not what was asked for. */
  readonly oursOnly?: boolean
}

/** Read from the rows of the table alone, by nothing that the planner uses. Empty: the matrix allows the cell. */
export function* brokenLimits(cell: VideoCell): Generator<Broken> {
  const { model, credential, frames, aspectRatio } = cell
  const product = frames === "none" ? "text-to-video" : "image-to-video"
  if (credential === "key-pair" && model.legacyName === undefined) yield { field: "model", names: ["API key"] }
  if (!isOmni(model) && !model.products.includes(product)) yield { field: "model", names: [model.id] }
  if (!isIn(model.resolutions, cell.resolution ?? "720p")) yield { field: "resolution", names: model.resolutions }
  if (aspectRatio !== undefined) {
    if (frames !== "none") yield { field: "aspectRatio", names: ["leave it out"], oursOnly: true }
    if (!isIn(model.aspectRatios, aspectRatio)) {
      yield { field: "aspectRatio", names: [...model.aspectRatios, "leave it out"] }
    }
  }
  if (cell.negativePrompt && !model.negativePrompt) yield { field: "negativePrompt", names: ["prompt"] }
  yield* brokenSeconds(cell)
  yield* brokenAudio(cell)
  yield* brokenFrames(cell)
  yield* brokenReferences(cell)
  yield* brokenShots(cell)
}

function* brokenSeconds({ model, seconds, frames, pictures, elements, video }: VideoCell): Generator<Broken> {
  const { seconds: limits, references } = model
  if (seconds !== undefined) {
    if ("values" in limits) {
      const nearest = limits.values.toSorted((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds))[0]
      if (!limits.values.includes(seconds)) yield { field: "durationSeconds", names: [`nearest: ${nearest}`] }
    } else if (seconds < limits.min || seconds > limits.max) {
      const nearest = seconds < limits.min ? limits.min : limits.max
      yield { field: "durationSeconds", names: [`nearest: ${nearest}`] }
    }
    if (video === "base" && model.referenceVideo) yield { field: "durationSeconds", names: ["leave it out"] }
  }
  const only = references?.secondsWithoutReferences
  const alone = pictures + elements === 0 && frames !== "both" && video === undefined
  if (only !== undefined && alone && !only.includes(seconds ?? 5)) {
    yield { field: "durationSeconds", names: only.map(String) }
  }
}

function* brokenAudio(cell: VideoCell): Generator<Broken> {
  const { model, audio, video, resolution = "720p" } = cell
  const tied = video === undefined ? undefined : model.references?.besideVideo?.[video].audio
  if (audio === undefined) return
  if (!isIn(model.audio, audio)) yield { field: "audio", names: model.audio }
  if (audio === "original" && video === undefined) yield { field: "audio", names: ["referenceVideo", ...model.audio] }
  if (audio === "native" && model.nativeAudioAt !== undefined && !isIn(model.nativeAudioAt, resolution)) {
    yield { field: "audio", names: model.nativeAudioAt }
  }
  if (isLegacy(cell)) {
    // There the sound of the clip is kept by a field of its own, and the sound of the result is off beside any clip.
    if (audio === "native" && video !== undefined && model.referenceVideo) yield { field: "audio", names: ["off"] }
  } else if (tied !== undefined && !isIn(tied, audio)) {
    yield { field: "audio", names: tied }
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
  const { model, frames, pictures, elements, video } = cell
  const { references: limits, maxElements } = model
  if (pictures > 0 && !isOmni(model)) yield { field: "referenceImages", names: ["kling-3.0-omni"] }
  if (video !== undefined && !model.referenceVideo) yield { field: "referenceVideo", names: ["kling-3.0-omni"] }
  if (elements > maxElements) yield { field: "elements", names: [`at most ${maxElements}`, "kling-3.0-omni"] }
  else if (elements > 0 && !isOmni(model) && frames === "none") yield { field: "elements", names: ["kling-3.0-omni"] }
  if (limits === undefined) return
  const most = video === undefined ? limits.max : limits.maxWithVideo
  if (pictures + elements > most) yield { field: "referenceImages", names: [`at most ${most}`] }
  // There the frames stand in the same list as the pictures, and are counted with them.
  const listed = pictures + { none: 0, first: 1, both: 2 }[frames]
  for (const max of video === undefined ? [legacyList] : [legacyList, legacyListWithVideo]) {
    if (isLegacy(cell) && listed > max) yield { field: "referenceImages", names: [`at most ${max}`] }
  }
  const besideFrames = limits.maxElementsWithFrames
  if (besideFrames !== undefined && frames !== "none" && elements > besideFrames) {
    yield { field: "elements", names: [`at most ${besideFrames}`] }
  }
  if (limits.bothFramesAlone === true && frames === "both" && (pictures + elements > 0 || video !== undefined)) {
    yield { field: "lastImage", names: ["leave the last frame"] }
  }
  if (limits.baseVideoWithoutFrames === true && video === "base" && frames !== "none") {
    yield { field: "image", names: ["leave the frames out"] }
  }
}

function* brokenShots(cell: VideoCell): Generator<Broken> {
  const { model, multiShot, video } = cell
  if (multiShot === true && model.multiShot !== true) yield { field: "multiShot", names: [model.id] }
  const tied = video === undefined ? undefined : model.references?.besideVideo?.[video].multiShot
  if (!isLegacy(cell) && tied !== undefined && multiShot !== undefined && multiShot !== tied) {
    yield { field: "multiShot", names: [String(tied)] }
  }
}

const legacyList = 7
const legacyListWithVideo = 4

const isIn = (values: ReadonlyArray<string>, value: string): boolean => values.includes(value)
