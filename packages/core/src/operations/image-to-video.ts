import { legacyImage, newImage } from "../media/media-rules.ts"
import { kling25Turbo, kling26, kling30, kling30Turbo } from "../models/live-models.ts"
import { findByName, legacyNames } from "../models/model-facts.ts"
import { videoModelsOf } from "../models/video-model.ts"
import { operation } from "../operation.ts"
import { enumOf, boolean, integer, array, media, number, object, objectArray, string } from "../params/param.ts"
import { perSecond } from "../prices/video-prices.ts"
import {
  legacyMode,
  legacyModelRules,
  legacyVideoPrice,
  resolutionOfMode,
  shotParams,
  shotRules
} from "./legacy-video.ts"
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
import { namedReferences, orderedReferences } from "./prompt-references.ts"
import { elementFields, listedElement, listedVoice, unambiguousIds, voiceFields } from "./reference-ids.ts"
import { cameraControl, cfgScale } from "./retired-params.ts"
import { shotSyntax } from "./shot-syntax.ts"
import { expectedVideoSeconds, lastFrameAt, nativeAudioAt, silentWithLastFrame } from "./video-rules.ts"

const prompt = string("contents[type=prompt].text", { maxLength: 2500 })
const firstFrame = media("contents[type=first_frame].url", newImage, { required: true })
const lastFrame = media("contents[type=last_frame].url", newImage, {})

export const imageToVideo30Turbo = operation({
  id: "new.i2v.kling-3.0-turbo",
  summary: "Image to video, Kling 3.0 Turbo: audio is always generated and billed",
  family: "i2v",
  path: "/image-to-video/kling-3.0-turbo",
  since: "2026-06-17",
  facts: [kling30Turbo],
  params: { prompt, firstFrame, resolution: hd, durationSeconds: seconds3To15, ...newOptions },
  rules: [namedReferences, shotSyntax],
  price: price30Turbo,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg", durationSeconds: 5 }
})

export const imageToVideo30 = operation({
  id: "new.i2v.kling-3.0",
  summary: "Image to video, Kling 3.0: first and last frame, elements",
  family: "i2v",
  path: "/image-to-video/kling-3.0",
  since: "2026-07-15",
  facts: [kling30],
  params: {
    prompt,
    firstFrame,
    lastFrame,
    elements: objectArray("contents[type=element]", elementFields, { max: 3 }),
    multiShot: boolean("settings.multi_shot", { default: true }),
    audio: nativeOrOff,
    resolution: upTo4k,
    durationSeconds: seconds3To15,
    ...newOptions
  },
  rules: [unambiguousIds("elements"), namedReferences, shotSyntax],
  price: price30,
  expectedSeconds: expectedVideoSeconds,
  example: {
    prompt: "She turns and smiles",
    firstFrame: "https://example.com/portrait.jpg",
    durationSeconds: 5,
    multiShot: false,
    lastFrame: "https://example.com/portrait-smiling.jpg"
  }
})

export const imageToVideo26 = operation({
  id: "new.i2v.kling-2.6",
  summary: "Image to video, Kling 2.6: last frame, voices",
  family: "i2v",
  path: "/image-to-video/kling-2.6",
  since: "2026-07-15",
  facts: [kling26],
  params: {
    prompt,
    firstFrame,
    lastFrame: media("contents[type=last_frame].url", newImage, { notes: "1080p only, and silent" }),
    voices: objectArray("contents[type=voice]", voiceFields, { max: 2, notes: "audio must not be off" }),
    audio: nativeAt1080pOrOff,
    resolution: hd,
    durationSeconds: seconds5Or10,
    ...newOptions
  },
  rules: [
    nativeAudioAt(kling26),
    lastFrameAt(kling26),
    silentWithLastFrame(kling26),
    {
      name: "voices-need-audio",
      field: "voices",
      check: (input) =>
        (input.voices?.length ?? 0) > 0 && input.audio !== "native" ? 'need audio "native"' : undefined
    },
    unambiguousIds("voices"),
    namedReferences
  ],
  price: price26,
  expectedSeconds: expectedVideoSeconds,
  example: {
    prompt: "She turns and smiles",
    firstFrame: "https://example.com/portrait.jpg",
    durationSeconds: 5,
    resolution: "1080p",
    lastFrame: "https://example.com/portrait-smiling.jpg"
  }
})

export const imageToVideo25Turbo = operation({
  id: "new.i2v.kling-2.5-turbo",
  summary: "Image to video, Kling 2.5 Turbo: silent",
  family: "i2v",
  path: "/image-to-video/kling-2.5-turbo",
  since: "2026-07-15",
  facts: [kling25Turbo],
  params: {
    prompt,
    firstFrame,
    lastFrame: media("contents[type=last_frame].url", newImage, { notes: "1080p only" }),
    resolution: hd,
    durationSeconds: seconds5Or10,
    ...newOptions
  },
  rules: [lastFrameAt(kling25Turbo), namedReferences],
  price: price25Turbo,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg", durationSeconds: 5 }
})

const siblings = [imageToVideo30, imageToVideo26, imageToVideo25Turbo]
const rows = videoModelsOf(siblings)
const findSibling = (model: string) => findByName(rows, model)

export const legacyImageToVideo = operation({
  id: "legacy.image2video",
  summary: "Image to video on the legacy path, for Kling 3.0, 2.6 and 2.5 Turbo",
  family: "i2v",
  path: "/v1/videos/image2video",
  since: "2024-09",
  models: legacyNames(kling30, kling26, kling25Turbo),
  params: {
    model: enumOf("model_name", ["kling-v3", "kling-v2-6", "kling-v2-5-turbo"], {
      required: true,
      allowUnknown: true,
      notes: "always sent: Kling's default is a retired model"
    }),
    image: media("image", legacyImage, { notes: "the first frame; this or imageTail" }),
    imageTail: media("image_tail", legacyImage, { notes: "the last frame" }),
    prompt: string("prompt", { maxLength: 2500 }),
    negativePrompt: string("negative_prompt", { maxLength: 2500 }),
    ...shotParams,
    elements: array("element_list[].element_id", listedElement, {
      max: 3,
      notes: "kling-v3; not together with voices"
    }),
    voices: array("voice_list[].voice_id", listedVoice, {
      max: 2,
      notes: "kling-v2-6 and kling-v3 with sound on; the prompt refers to it as <<<voice_1>>>"
    }),
    sound: enumOf("sound", ["on", "off"], { default: "off", sendDefault: false }),
    cfgScale,
    mode: legacyMode,
    staticMask: media("static_mask", legacyImage, { retired: true, notes: "motion brush of the v1 models" }),
    dynamicMasks: objectArray(
      "dynamic_masks[]",
      {
        mask: media("mask", legacyImage, {}),
        trajectories: array("trajectories", object("", { x: number("x", {}), y: number("y", {}) }, {}), {
          min: 2,
          max: 77
        })
      },
      { max: 6, retired: true, notes: "motion brush of the v1 models" }
    ),
    cameraControl,
    durationSeconds: integer("duration", { min: 3, max: 15, default: 5, encodedAs: "string" }),
    ...legacyOptions
  },
  rules: [
    ...shotRules,
    ...legacyModelRules(siblings),
    orderedReferences({ image: ["image", "imageTail"], element: ["elements"], voice: ["voices"] }),
    {
      name: "image-or-image-tail",
      field: "image",
      check: (input) =>
        input.image === undefined && input.imageTail === undefined ? "is required (or {imageTail})" : undefined
    },
    {
      name: "last-frame-in-mode-pro",
      field: "imageTail",
      check: ({ model, imageTail, mode = "std" }) =>
        imageTail !== undefined && findSibling(model)?.lastFrameAt?.includes(resolutionOfMode[mode]) === false
          ? `is supported by ${model} in mode pro only`
          : undefined
    },
    {
      name: "last-frame-silent",
      field: "imageTail",
      check: ({ model, imageTail, sound }) =>
        imageTail !== undefined && sound === "on" && findSibling(model)?.lastFrameSilent === true
          ? `makes a silent video with ${model}; set sound to "off" or omit the last frame`
          : undefined
    },
    {
      name: "elements-or-voices",
      field: "elements",
      check: (input) =>
        input.elements !== undefined && input.voices !== undefined ? "and voices are mutually exclusive" : undefined
    },
    {
      name: "elements-of-model",
      field: "elements",
      check: (input) =>
        input.elements !== undefined && findSibling(input.model)?.maxElements === 0
          ? `are not supported by ${input.model}; set model to "kling-v3"`
          : undefined
    },
    {
      name: "voices-need-sound",
      field: "voices",
      check: (input) => (input.voices !== undefined && input.sound !== "on" ? 'need sound "on"' : undefined)
    }
  ],
  price: (input) =>
    input.voices !== undefined && input.model === "kling-v2-6"
      ? perSecond("kling-2.6", "native, voice control", "1080p", input.durationSeconds ?? 5)
      : legacyVideoPrice(input),
  expectedSeconds: expectedVideoSeconds,
  example: {
    model: "kling-v3",
    prompt: "She turns and smiles",
    image: "https://example.com/portrait.jpg",
    durationSeconds: 5
  }
})
