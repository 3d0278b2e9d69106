import type { AnyOperation } from "@klingkit/core"
import { readInlineImageHeader } from "@klingkit/core/internal"
import type { ParentVideo } from "../world/task.ts"
import { cutOutsOf, mediumOf } from "./family-outputs.ts"
import { expandedSize, imageSize, type PixelSize, ratioOf, videoSize } from "./output-size.ts"

export type Input = Readonly<Record<string, unknown>>

/** The parts of a request that determine its outputs: the input, Kling's defaults, and the source media. */
export interface Settings {
  readonly operation: AnyOperation
  readonly input: Input
  /** The input, completed with Kling's defaults. */
  readonly effective: Input
  readonly model: string
  readonly parentVideo: ParentVideo | undefined
  /** Length of the audio that the result follows, such as an avatar's speech. */
  readonly sourceAudioSeconds: number | undefined
}

export const withDefaults = ({ params }: AnyOperation, input: Input): Input => ({
  ...Object.fromEntries(
    Object.entries(params).flatMap(([name, param]) => (param.default === undefined ? [] : [[name, param.default]]))
  ),
  ...input
})

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")
const numberOf = (value: unknown, fallback: number): number => (typeof value === "number" ? value : fallback)

const resolutionOfMode: Readonly<Record<string, string>> = { std: "720p", pro: "1080p", "4k": "4k" }

export const resolutionOf = ({ operation, effective }: Settings): string =>
  textOf(effective["resolution"]) ||
  (mediumOf(operation) === "image" ? "1k" : (resolutionOfMode[textOf(effective["mode"])] ?? "720p"))

const charactersPerSecond = 15

/** The duration: as requested, else that of the source video or audio, else 5. May be fractional. */
export const secondsOf = ({ operation, input, effective, parentVideo, sourceAudioSeconds }: Settings): number => {
  if (operation.family === "extend") return (parentVideo?.durationSeconds ?? 5) + 5
  if (operation.family === "tts") return Math.max(1, Math.ceil(textOf(input["text"]).length / charactersPerSecond))
  return numberOf(
    input["durationSeconds"],
    parentVideo?.durationSeconds ?? sourceAudioSeconds ?? numberOf(effective["durationSeconds"], 5)
  )
}

/** The number of images, and so of concurrency slots; an `auto` series has four. */
export const imageCount = ({ operation, input }: Pick<Settings, "operation" | "input">): number =>
  cutOutsOf(operation) ??
  (input["resultType"] === "series" ? numberOf(input["seriesAmount"], 4) : numberOf(input["n"], 1))

export const sizeOf = (settings: Settings): PixelSize => {
  const { operation, input, effective } = settings
  const image = firstImage(input)
  const ratioOfImage = image === undefined ? undefined : image.width / image.height
  if (mediumOf(operation) === "image") {
    return operation.family === "expand"
      ? expandedSize(image ?? imageSize("1k", 1), marginsOf(input))
      : imageSize(resolutionOf(settings), ratioOf(effective["aspectRatio"]) ?? ratioOfImage ?? 1)
  }
  // A video from an image has the image's ratio, unless the request sets another.
  const ratio = ratioOf(input["aspectRatio"]) ?? ratioOfImage ?? ratioOf(effective["aspectRatio"]) ?? 16 / 9
  return videoSize(resolutionOf(settings), ratio)
}

const imageFields = ["firstFrame", "image", "imageTail", "images", "personImage", "humanImage", "avatarImage"]

/** The size of the first inline image of the request; URLs are not fetched. */
const firstImage = (input: Input): PixelSize | undefined => {
  for (const field of imageFields) {
    const value = input[field]
    const first: unknown = Array.isArray(value) ? value[0] : value
    const image = typeof first === "object" && first !== null && "image" in first ? first.image : first
    const isInline = typeof image === "string" && !/^https?:/i.test(image)
    const size = isInline ? readInlineImageHeader(image) : undefined
    if (size !== undefined) return size
  }
  return undefined
}

const marginsOf = (input: Input) => ({
  up: numberOf(input["upExpansionRatio"], 0),
  down: numberOf(input["downExpansionRatio"], 0),
  left: numberOf(input["leftExpansionRatio"], 0),
  right: numberOf(input["rightExpansionRatio"], 0)
})

/** The text to draw: the prompt, or whatever text the request has instead. */
export const promptOf = ({ operation, input }: Pick<Settings, "operation" | "input">): string => {
  const fields = ["prompt", "text", "speechScript", "goodsTitle", "soundEffectPrompt", "musicPrompt", "scene", "name"]
  const prompt = fields.map((field) => textOf(input[field])).find((text) => text !== "")
  if (prompt !== undefined) return prompt
  const { shots } = input
  return Array.isArray(shots) ? shots.map((shot: Input) => textOf(shot["prompt"])).join(" / ") : operation.summary
}
