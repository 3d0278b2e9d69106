import { kling25Turbo, kling26, kling30, kling30Turbo } from "../models/live-models.ts"
import { legacyNames } from "../models/model-facts.ts"
import { operation } from "../operation.ts"
import { enumOf, boolean, integer, string } from "../params/param.ts"
import { namedReferences, orderedReferences } from "./prompt-references.ts"
import { cameraControl, cfgScale } from "./retired-params.ts"
import { shotSyntax } from "./shot-syntax.ts"
import {
  hd,
  nativeAt1080pOrOff,
  nativeOrOff,
  price25Turbo,
  price26,
  price30,
  price30Turbo,
  seconds3To15,
  seconds5Or10,
  upTo4k
} from "./new-video-settings.ts"
import { legacyOptions, newOptions } from "./options.ts"
import { legacyMode, legacyModelRules, legacyVideoPrice, shotParams, shotRules } from "./legacy-video.ts"
import { expectedVideoSeconds, nativeAudioAt } from "./video-rules.ts"

const aspectRatio = enumOf("settings.aspect_ratio", ["16:9", "9:16", "1:1"], { default: "16:9" })

export const textToVideo30Turbo = operation({
  id: "new.t2v.kling-3.0-turbo",
  summary: "Text to video, Kling 3.0 Turbo: audio is always generated and billed",
  family: "t2v",
  path: "/text-to-video/kling-3.0-turbo",
  since: "2026-06-17",
  facts: [kling30Turbo],
  params: {
    prompt: string("prompt", {
      required: true,
      maxLength: 3072,
      notes: "2500 recommended; several shots only with the syntax `shot n, m, words;`"
    }),
    resolution: hd,
    aspectRatio,
    durationSeconds: seconds3To15,
    ...newOptions
  },
  rules: [namedReferences, shotSyntax],
  price: price30Turbo,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5 }
})

export const textToVideo30 = operation({
  id: "new.t2v.kling-3.0",
  summary: "Text to video, Kling 3.0",
  family: "t2v",
  path: "/text-to-video/kling-3.0",
  since: "2026-07-15",
  facts: [kling30],
  params: {
    prompt: string("prompt", { required: true, maxLength: 3072 }),
    resolution: upTo4k,
    aspectRatio,
    durationSeconds: seconds3To15,
    multiShot: boolean("settings.multi_shot", {
      default: true,
      notes: "true here by default, false on the legacy path"
    }),
    audio: nativeOrOff,
    ...newOptions
  },
  rules: [namedReferences, shotSyntax],
  price: price30,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5, multiShot: false, audio: "native" }
})

export const textToVideo26 = operation({
  id: "new.t2v.kling-2.6",
  summary: "Text to video, Kling 2.6",
  family: "t2v",
  path: "/text-to-video/kling-2.6",
  since: "2026-07-15",
  facts: [kling26],
  params: {
    prompt: string("prompt", { required: true, maxLength: 2500 }),
    resolution: hd,
    aspectRatio,
    durationSeconds: seconds5Or10,
    audio: nativeAt1080pOrOff,
    ...newOptions
  },
  rules: [nativeAudioAt(kling26), namedReferences],
  price: price26,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5, resolution: "1080p", audio: "native" }
})

export const textToVideo25Turbo = operation({
  id: "new.t2v.kling-2.5-turbo",
  summary: "Text to video, Kling 2.5 Turbo: silent",
  family: "t2v",
  path: "/text-to-video/kling-2.5-turbo",
  since: "2026-07-15",
  facts: [kling25Turbo],
  params: {
    prompt: string("prompt", { required: true, maxLength: 2500 }),
    resolution: hd,
    aspectRatio,
    durationSeconds: seconds5Or10,
    ...newOptions
  },
  rules: [namedReferences],
  price: price25Turbo,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5, aspectRatio: "9:16" }
})

export const legacyTextToVideo = operation({
  id: "legacy.text2video",
  summary: "Text to video on the legacy path, for Kling 3.0, 2.6 and 2.5 Turbo",
  family: "t2v",
  path: "/v1/videos/text2video",
  since: "2024-09",
  models: legacyNames(kling30, kling26, kling25Turbo),
  params: {
    model: enumOf("model_name", ["kling-v3", "kling-v2-6", "kling-v2-5-turbo"], {
      required: true,
      allowUnknown: true,
      notes: "always sent: Kling's default is a retired model"
    }),
    prompt: string("prompt", { maxLength: 2500, notes: "required unless shots are given" }),
    negativePrompt: string("negative_prompt", { maxLength: 2500 }),
    ...shotParams,
    sound: enumOf("sound", ["on", "off"], {
      default: "off",
      sendDefault: false,
      notes: "kling-v3, and kling-v2-6 in mode pro"
    }),
    cfgScale,
    mode: legacyMode,
    cameraControl,
    aspectRatio: enumOf("aspect_ratio", ["16:9", "9:16", "1:1"], { default: "16:9" }),
    durationSeconds: integer("duration", { min: 3, max: 15, default: 5, encodedAs: "string" }),
    ...legacyOptions
  },
  rules: [
    ...shotRules,
    ...legacyModelRules([textToVideo30, textToVideo26, textToVideo25Turbo]),
    orderedReferences(),
    {
      name: "prompt-or-shots",
      field: "prompt",
      check: (input) =>
        input.prompt === undefined && input.shotType !== "customize" ? "is required unless shots are given" : undefined
    }
  ],
  price: (input) => legacyVideoPrice(input),
  expectedSeconds: expectedVideoSeconds,
  example: {
    model: "kling-v3",
    prompt: "A red fox walks through fresh snow",
    durationSeconds: 5,
    negativePrompt: "blur"
  }
})
