import { defaultImageModel, defaultVideoModel, imageModels, operations, type Params, videoModels } from "@klingkit/core"
import { Effect, Option } from "effect"
import { Argument, CliError, Flag } from "effect/cli"
import { flagName } from "./flag-name.ts"

const listed = (values: Iterable<string>): string => [...new Set(values)].join(", ")

const text = (field: string, metavar: string, about: string) =>
  Flag.String(flagName(field)).pipe(Flag.withMetavar(metavar), Flag.withDescription(about), Flag.optional)

/** Any number: the planner checks it against the model and names the closest valid value. */
const number = (field: string, metavar: string, about: string, pattern: RegExp) =>
  Flag.String(flagName(field)).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(about),
    Flag.mapEffect((value) => {
      const digits = pattern.exec(value.trim())?.[1]
      return digits === undefined
        ? Effect.fail(
            new CliError.InvalidValue({ option: flagName(field), value, expected: "must be a number", kind: "flag" })
          )
        : Effect.succeed(Number(digits))
    }),
    Flag.optional
  )

// A switch that is not set leaves the choice to Kling; `--no-watermark` turns it off.
const onOff = (field: string, about: string) =>
  Flag.Boolean(flagName(field)).pipe(Flag.withDescription(about), Flag.optional)

const defaultText = (params: Params, field: string) => `default ${params[field]?.default}; `
const defaultVideo = operations[`new.t2v.${defaultVideoModel}`].params
const defaultImage = operations["legacy.images.generations"].params

const secondsOf = videoModels.flatMap(({ seconds }) =>
  "values" in seconds ? seconds.values : [seconds.min, seconds.max]
)

/** One flag per field of `VideoRequest`, with the values of all models; `models show` lists those of one model. */
export const videoFlags = {
  model: text("model", "name", `default ${defaultVideoModel}; ${listed(videoModels.map(({ id }) => id))}`),
  resolution: text(
    "resolution",
    "size",
    defaultText(defaultVideo, "resolution") + listed(videoModels.flatMap((model) => model.resolutions))
  ),
  durationSeconds: number(
    "durationSeconds",
    "seconds",
    `${defaultText(defaultVideo, "durationSeconds")}${Math.min(...secondsOf)} to ${Math.max(...secondsOf)}, depending on the model`,
    /^(-?\d+(?:\.\d+)?)\s*s?$/
  ),
  aspectRatio: text(
    "aspectRatio",
    "w:h",
    `${defaultText(defaultVideo, "aspectRatio")}${listed(videoModels.flatMap((model) => model.aspectRatios))}; with --image it follows the image`
  ),
  audio: text("audio", "native|off", "generate audio with the video; native costs more"),
  image: text("image", "file|url", "the first frame: path or URL of an image"),
  lastImage: text("lastImage", "file|url", "the last frame; needs --image"),
  negativePrompt: text("negativePrompt", "text", "negative prompt: what to keep out of the video"),
  multiShot: onOff("multiShot", "several shots in one video"),
  watermark: onOff("watermark", "also make a watermarked copy")
}

/** One flag per field of `ImageRequest`. */
export const imageFlags = {
  model: text("model", "name", `default ${defaultImageModel}; ${listed(imageModels.map(({ id }) => id))}`),
  resolution: text(
    "resolution",
    "size",
    defaultText(defaultImage, "resolution") + listed(imageModels.flatMap((model) => model.resolutions))
  ),
  aspectRatio: text(
    "aspectRatio",
    "w:h",
    defaultText(defaultImage, "aspectRatio") + listed(imageModels.flatMap((model) => model.aspectRatios))
  ),
  image: text("image", "file|url", "path or URL of a reference image"),
  negativePrompt: text("negativePrompt", "text", "negative prompt: what to keep out of the image; not with --image"),
  n: number(
    "n",
    "count",
    `number of images; ${defaultText(defaultImage, "n")}1 to ${Math.max(...imageModels.map(({ maxImages }) => maxImages))}`,
    /^(-?\d+(?:\.\d+)?)$/
  ),
  watermark: onOff("watermark", "also make a watermarked copy")
}

/** A blank prompt counts as missing. */
export const promptArgument = Argument.String("prompt").pipe(
  Argument.withDescription("text prompt, in quotes"),
  Argument.optional,
  Argument.map(Option.flatMap((value) => (value.trim() === "" ? Option.none() : Option.some(value))))
)
