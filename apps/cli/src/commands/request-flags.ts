import { defaultImageModel, defaultVideoModel, imageModels, operations, type Params, videoModels } from "@klingkit/core"
import { Effect, Option } from "effect"
import { Argument, CliError, Flag } from "effect/cli"
import { flagName } from "./flag-name.ts"

const words = (values: Iterable<string>): string => [...new Set(values)].join(", ")

const text = (field: string, metavar: string, about: string) =>
  Flag.String(flagName(field)).pipe(Flag.withMetavar(metavar), Flag.withDescription(about), Flag.optional)

/** Whole or not: whether it is legal depends on the model, and the planner names the nearest. */
const number = (field: string, metavar: string, about: string, pattern: RegExp) =>
  Flag.String(flagName(field)).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(about),
    Flag.mapEffect((value) => {
      const digits = pattern.exec(value.trim())?.[1]
      return digits === undefined
        ? Effect.fail(
            new CliError.InvalidValue({ option: flagName(field), value, expected: "a number is needed", kind: "flag" })
          )
        : Effect.succeed(Number(digits))
    }),
    Flag.optional
  )

// A switch that was not given leaves the choice to Kling; `--no-watermark` says no.
const onOff = (field: string, about: string) =>
  Flag.Boolean(flagName(field)).pipe(Flag.withDescription(about), Flag.optional)

const usual = (params: Params, field: string) => `default ${params[field]?.default}; `
const usualVideo = operations[`new.t2v.${defaultVideoModel}`].params
const usualImage = operations["legacy.images.generations"].params

const secondsOf = videoModels.flatMap(({ seconds }) =>
  "values" in seconds ? seconds.values : [seconds.min, seconds.max]
)

/** One flag per field of `VideoRequest`; the models' table says what is possible, per model `models show` does. */
export const videoFlags = {
  model: text("model", "name", `default ${defaultVideoModel}; ${words(videoModels.map(({ id }) => id))}`),
  resolution: text(
    "resolution",
    "size",
    usual(usualVideo, "resolution") + words(videoModels.flatMap((model) => model.resolutions))
  ),
  durationSeconds: number(
    "durationSeconds",
    "seconds",
    `${usual(usualVideo, "durationSeconds")}${Math.min(...secondsOf)} to ${Math.max(...secondsOf)}, depending on the model`,
    /^(-?\d+(?:\.\d+)?)\s*s?$/
  ),
  aspectRatio: text(
    "aspectRatio",
    "w:h",
    `${usual(usualVideo, "aspectRatio")}${words(videoModels.flatMap((model) => model.aspectRatios))}; with --image it follows the picture`
  ),
  audio: text("audio", "native|off", "sound made with the clip, or none; native costs more"),
  image: text("image", "file|url", "the first frame: a picture's path or URL"),
  lastImage: text("lastImage", "file|url", "the last frame; needs --image"),
  negativePrompt: text("negativePrompt", "text", "what must not be seen"),
  multiShot: onOff("multiShot", "several shots in one clip"),
  watermark: onOff("watermark", "also make a copy with a watermark")
}

/** One flag per field of `ImageRequest`. */
export const imageFlags = {
  model: text("model", "name", `default ${defaultImageModel}; ${words(imageModels.map(({ id }) => id))}`),
  resolution: text(
    "resolution",
    "size",
    usual(usualImage, "resolution") + words(imageModels.flatMap((model) => model.resolutions))
  ),
  aspectRatio: text(
    "aspectRatio",
    "w:h",
    usual(usualImage, "aspectRatio") + words(imageModels.flatMap((model) => model.aspectRatios))
  ),
  image: text("image", "file|url", "a reference picture's path or URL"),
  negativePrompt: text("negativePrompt", "text", "what must not be seen; not together with --image"),
  n: number(
    "n",
    "count",
    `how many pictures; ${usual(usualImage, "n")}1 to ${Math.max(...imageModels.map(({ maxImages }) => maxImages))}`,
    /^(-?\d+(?:\.\d+)?)$/
  ),
  watermark: onOff("watermark", "also make a copy with a watermark")
}

/** A blank prompt counts as none. */
export const promptArgument = Argument.String("prompt").pipe(
  Argument.withDescription("what is to be seen, in quotes"),
  Argument.optional,
  Argument.map(Option.flatMap((value) => (value.trim() === "" ? Option.none() : Option.some(value))))
)
