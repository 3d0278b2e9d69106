import type { AnyOperation } from "@klingkit/core"
import type { ParentVideo } from "../world/task.ts"
import { cutOutsOf, mediumOf } from "./family-outputs.ts"
import { pictureSizeOf } from "./picture-header.ts"
import { expandedSize, imageSize, type PictureSize, ratioOf, videoSize } from "./picture-size.ts"

export type Input = Readonly<Record<string, unknown>>

/** A request as far as its results depend on it: what was asked, what Kling assumes, what it was made from. */
export interface Settings {
  readonly operation: AnyOperation
  readonly input: Input
  /** The input, with Kling's defaults where it says nothing. */
  readonly assumed: Input
  readonly model: string
  readonly parentVideo: ParentVideo | undefined
  /** Length of the sound that the result follows, such as an avatar's speech. */
  readonly soundSeconds: number | undefined
}

export const withDefaults = ({ params }: AnyOperation, input: Input): Input => ({
  ...Object.fromEntries(
    Object.entries(params).flatMap(([name, param]) => (param.default === undefined ? [] : [[name, param.default]]))
  ),
  ...input
})

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")
const numberOf = (value: unknown, usual: number): number => (typeof value === "number" ? value : usual)

const resolutionOfMode: Readonly<Record<string, string>> = { std: "720p", pro: "1080p", "4k": "4k" }

export const resolutionOf = ({ operation, assumed }: Settings): string =>
  textOf(assumed["resolution"]) ||
  (mediumOf(operation) === "image" ? "1k" : (resolutionOfMode[textOf(assumed["mode"])] ?? "720p"))

const charactersPerSecond = 15

/** Whole seconds or fractions of them: what was asked, else the clip or the sound that it follows, else 5. */
export const secondsOf = ({ operation, input, assumed, parentVideo, soundSeconds }: Settings): number => {
  if (operation.family === "extend") return (parentVideo?.durationSeconds ?? 5) + 5
  if (operation.family === "tts") return Math.max(1, Math.ceil(textOf(input["text"]).length / charactersPerSecond))
  return numberOf(
    input["durationSeconds"],
    parentVideo?.durationSeconds ?? soundSeconds ?? numberOf(assumed["durationSeconds"], 5)
  )
}

/** How many pictures, and so how many slots; `auto` series have four. */
export const imageCount = ({ operation, input }: Pick<Settings, "operation" | "input">): number =>
  cutOutsOf(operation) ??
  (input["resultType"] === "series" ? numberOf(input["seriesAmount"], 4) : numberOf(input["n"], 1))

export const sizeOf = (settings: Settings): PictureSize => {
  const { operation, input, assumed } = settings
  const picture = firstPicture(input)
  const ratioOfPicture = picture === undefined ? undefined : picture.width / picture.height
  if (mediumOf(operation) === "image") {
    return operation.family === "expand"
      ? expandedSize(picture ?? imageSize("1k", 1), marginsOf(input))
      : imageSize(resolutionOf(settings), ratioOf(assumed["aspectRatio"]) ?? ratioOfPicture ?? 1)
  }
  // A clip from a picture follows the picture, unless the request says otherwise.
  const ratio = ratioOf(input["aspectRatio"]) ?? ratioOfPicture ?? ratioOf(assumed["aspectRatio"]) ?? 16 / 9
  return videoSize(resolutionOf(settings), ratio)
}

const pictureFields = ["firstFrame", "image", "imageTail", "images", "personImage", "humanImage", "avatarImage"]

/** The size of the first picture that the request holds in itself; nobody fetches URLs here. */
const firstPicture = (input: Input): PictureSize | undefined => {
  for (const field of pictureFields) {
    const value = input[field]
    const first: unknown = Array.isArray(value) ? value[0] : value
    const size = pictureSizeOf(typeof first === "object" && first !== null && "image" in first ? first.image : first)
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

/** The words to draw: whatever text the request is about. */
export const promptOf = ({ operation, input }: Pick<Settings, "operation" | "input">): string => {
  const fields = ["prompt", "text", "speechScript", "goodsTitle", "soundEffectPrompt", "musicPrompt", "scene", "name"]
  const said = fields.map((field) => textOf(input[field])).find((text) => text !== "")
  if (said !== undefined) return said
  const { shots } = input
  return Array.isArray(shots) ? shots.map((shot: Input) => textOf(shot["prompt"])).join(" / ") : operation.summary
}
