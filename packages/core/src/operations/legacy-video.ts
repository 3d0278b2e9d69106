import { modelIdOf } from "../models/live-models.ts"
import { findByName } from "../models/model-facts.ts"
import { videoModelsOf } from "../models/video-model.ts"
import type { AnyOperation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { enumOf, boolean, integer, objectArray, string } from "../params/param.ts"
import type { Quote } from "../prices/quote.ts"
import { perSecond } from "../prices/video-prices.ts"
import { shotLimits } from "./shot-syntax.ts"

/** The resolution of each legacy mode. */
export const resolutionOfMode = { std: "720p", pro: "1080p", "4k": "4k" } as const

export const legacyMode = enumOf("mode", ["std", "pro", "4k"], {
  default: "std",
  notes: "std = 720p, pro = 1080p; 4k only on kling-v3"
})

export const shotParams = {
  multiShot: boolean("multi_shot", {
    default: false,
    sendDefault: false,
    notes: "kling-v3; with customize the prompt is ignored"
  }),
  shotType: enumOf("shot_type", ["customize", "intelligence"], { notes: "required when multi_shot is true" }),
  shots: objectArray(
    "multi_prompt[]",
    {
      index: integer("index", { required: true, min: 1, max: shotLimits.count }),
      prompt: string("prompt", { required: true, maxLength: shotLimits.characters }),
      durationSeconds: integer("duration", { required: true, min: shotLimits.minSeconds, max: 15, encodedAs: "string" })
    },
    {
      min: 1,
      max: shotLimits.count,
      notes: "required with customize; the durations add up to the duration of the video"
    }
  )
}

interface LegacyVideoInput {
  readonly model: string
  readonly mode?: string
  readonly sound?: string
  readonly durationSeconds?: number
  readonly multiShot?: boolean
  readonly shotType?: string
  readonly shots?: ReadonlyArray<{ readonly index: number; readonly durationSeconds: number }>
  readonly prompt?: string
}

export const shotRules: ReadonlyArray<Rule<LegacyVideoInput>> = [
  {
    name: "shot-type-with-multi-shot",
    field: "shotType",
    check: ({ multiShot, shotType }) =>
      multiShot === true && shotType === undefined
        ? "is required when {multiShot} is true: customize or intelligence"
        : multiShot !== true && shotType !== undefined
          ? "only applies when {multiShot} is true"
          : undefined
  },
  {
    name: "shots-with-customize",
    field: "shots",
    check: ({ multiShot, shotType, shots }) =>
      multiShot === true && shotType === "customize" && shots === undefined
        ? "are required when {shotType} is customize"
        : shots !== undefined && shotType !== "customize"
          ? "only apply when {multiShot} is true and {shotType} is customize"
          : undefined
  },
  {
    name: "prompt-ignored-with-customize",
    field: "prompt",
    check: ({ prompt, shotType }) =>
      prompt !== undefined && shotType === "customize"
        ? "would be ignored when shotType is customize; write it into the shots"
        : undefined
  },
  {
    name: "shots-in-order",
    field: "shots",
    check: ({ shots = [] }) => {
      const numbers = shots.map(({ index }) => index)
      return numbers.every((number) => number <= shots.length) && new Set(numbers).size === shots.length
        ? undefined
        : `have the index ${numbers.join(", ")}; number them 1 to ${shots.length}, each once`
    }
  },
  {
    name: "shot-durations-add-up",
    field: "shots",
    check: ({ shots, durationSeconds = 5 }) => {
      if (shots === undefined) return undefined
      const sum = shots.reduce((total, shot) => total + shot.durationSeconds, 0)
      return sum === durationSeconds
        ? undefined
        : `last ${sum} s in total, the video ${durationSeconds} s; make them equal`
    }
  }
]

/** The limits of each model are those of its operation in `operations`. Other models pass. */
export const legacyModelRules = (operations: ReadonlyArray<AnyOperation>): ReadonlyArray<Rule<LegacyVideoInput>> => {
  const rows = videoModelsOf(operations)
  const find = (model: string) => findByName(rows, model)
  return [
    {
      name: "duration-of-model",
      field: "durationSeconds",
      check: ({ model, durationSeconds = 5 }) => {
        const seconds = find(model)?.seconds
        if (seconds === undefined) return undefined
        if ("values" in seconds) {
          return seconds.values.includes(durationSeconds)
            ? undefined
            : `${durationSeconds} is not supported by ${model}: ${seconds.values.join(" or ")}`
        }
        return durationSeconds > seconds.max
          ? `${durationSeconds} is not supported by ${model}; did you mean ${seconds.max}?`
          : undefined
      }
    },
    {
      name: "mode-of-model",
      field: "mode",
      check: ({ model, mode = "std" }) => {
        const resolution = resolutionOfMode[mode as keyof typeof resolutionOfMode]
        const known = find(model)
        return known !== undefined && resolution !== undefined && !known.resolutions.includes(resolution)
          ? `${mode} is not supported by ${model}; did you mean pro?`
          : undefined
      }
    },
    {
      name: "sound-of-model",
      field: "sound",
      check: ({ model, sound, mode = "std" }) => {
        const known = find(model)
        if (known === undefined || sound !== "on") return undefined
        if (!known.audio.includes("native")) return `is not supported by ${model}; omit it`
        return known.nativeAudioAt?.includes(resolutionOfMode[mode as keyof typeof resolutionOfMode]) === false
          ? `is supported by ${model} in mode pro only`
          : undefined
      }
    },
    {
      name: "shots-of-model",
      field: "multiShot",
      check: ({ model, multiShot }) =>
        multiShot === true && find(model)?.multiShot === false ? `is not supported by ${model}` : undefined
    }
  ]
}

export const legacyVideoPrice = (input: LegacyVideoInput): Quote =>
  perSecond(
    modelIdOf(input.model),
    input.sound === "on" ? "native" : "silent",
    resolutionOfMode[(input.mode ?? "std") as keyof typeof resolutionOfMode] ?? "720p",
    input.durationSeconds ?? 5
  )
