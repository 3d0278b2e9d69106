import * as z from "zod"
import { findVideoModel, videoModels } from "../models/video-models.ts"
import { defaultVideoModel } from "../plan/video-request.ts"
import type { OperationId, operations } from "../operations/catalog.ts"
import type { InputOf } from "../params/param.ts"
import { idField } from "./id-field.ts"
import { listedInteger, listedValue, suggested } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import type { Alias } from "./request.ts"

const live = videoModels.filter((model) => model.state === "live")
const others = live.map((model) => model.id).filter((id) => id !== defaultVideoModel)

const lengths = videoModels.flatMap(({ seconds }) =>
  "values" in seconds ? seconds.values : [seconds.min, seconds.max]
)

export const prompt = z.string().min(1)

export const dynamicRange = listedValue(["hdr"], "10-bit video; kling-4.0 only").optional()
/** The models of the new generation, by the paths that are named after them. */
type NewModel<Product extends string> = OperationId extends infer Id
  ? Id extends `new.${Product}.${infer Model}`
    ? Model
    : never
  : never

export type VideoModelName = NewModel<"t2v" | "i2v" | "omni">
export type MotionModelName = NewModel<"motion">

/** Of images, also those that a path of the old generation lists. */
export type ImageModelName =
  | NewModel<"image">
  | ListedModel<"legacy.images.generations">
  | ListedModel<"legacy.images.omni-image">

type ListedModel<Id extends OperationId> =
  InputOf<(typeof operations)[Id]["params"]> extends { readonly model?: infer Model } ? Literal<Model> : never

/** Without the `string` by which an operation allows values that it does not list. */
type Literal<Value> = Value extends string ? (string extends Value ? never : Value) : never

/** Settings that every video has; what a model takes of them is its operations' to say. */
export const videoSettings = {
  model: modelField("video", suggested<VideoModelName>())
    .describe(`Default ${defaultVideoModel}; or ${others.join(", ")}`)
    .optional(),
  resolution: listedValue(
    live.flatMap((model) => model.resolutions),
    "Default 720p"
  ).optional(),
  durationSeconds: listedInteger(lengths, "Seconds: 5 (default), 10; 3 to 15 with kling-3.0").optional(),
  dynamicRange
}

/** The aspect ratios of all live models, in the words of one request. */
export const aspectRatioField = (description: string) =>
  listedValue(
    live.flatMap((model) => model.aspectRatios),
    description
  ).optional()

export const aspectRatio = aspectRatioField("Default 16:9")

export const referenceImages = z
  .array(media("image"))
  .describe("Subjects to show; the prompt calls them @image_1, @image_2")
  .optional()

export const elements = z
  .array(idField())
  .describe("Element ids; the prompt calls them @element_1, @element_2")
  .optional()

export const negativePrompt = z.string().describe("What to avoid; not with every model").optional()

/** mcp-kling's words, and Kling's own on its legacy paths. */
const resolutionOfMode = (mode: unknown): unknown => {
  const word = typeof mode === "string" ? mode.trim().toLowerCase() : ""
  return /^(std|standard)$/.test(word) ? "720p" : /^(pro|professional)$/.test(word) ? "1080p" : mode
}

/** mcp-kling's words of a video's fields. */
export const videoAliases: Readonly<Record<string, string | Alias>> = {
  model_name: "model",
  image_url: "image",
  image_tail_url: "lastImage",
  element_ids: "elements",
  voice_ids: "voices",
  mode: { field: "resolution", read: resolutionOfMode }
}

const retired = "worked only with the v1 models, which Kling has retired"

/** What mcp-kling's video tools took for models that Kling has switched off since. */
export const retiredVideoFields = {
  cfgScale: `${retired}; leave it out`,
  cameraControl: `${retired}; describe the camera in the prompt`
}

/** What a model is called on the legacy paths. */
export const legacyNameOf = (model: string): string | undefined => findVideoModel(model)?.legacyName

export const modeOfResolution = (resolution: string): string => (resolution === "720p" ? "std" : "pro")
