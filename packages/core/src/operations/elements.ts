import { Schema } from "effect"
import { elementVideo, legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { enumOf, id, integer, array, media, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { free } from "../prices/quote.ts"
import { LegacyElement, LegacyTask } from "../wire/legacy-task.ts"
import { freeDelete, freeRead } from "./free-calls.ts"
import { legacyOptions } from "./options.ts"
import { pageParams } from "./page-params.ts"

const name = string("element_name", { required: true, maxLength: 20 })
const description = string("element_description", { required: true, maxLength: 100 })
const voiceId = id("element_voice_id", {
  encodedAs: "string",
  resultOf: "voice",
  notes: "a custom voice that the element speaks with"
})
const elementId = id("element_id", { required: true, encodedAs: "string", notes: "of the element, not of its task" })

const read = { ...freeRead, method: "GET" } as const
// Its documentation is old and incomplete: task records and bare elements are both possible.
const ElementOrTask = Schema.Union([LegacyTask, LegacyElement])

interface References {
  readonly referenceType: "image_refer" | "video_refer"
  readonly frontalImage?: string
  readonly referenceImages?: ReadonlyArray<string>
  readonly referenceVideos?: ReadonlyArray<string>
}

const referenceRules: ReadonlyArray<Rule<References>> = [
  {
    name: "frontal-image-with-image-refer",
    field: "frontalImage",
    check: ({ referenceType, frontalImage }) => pairing("image_refer", referenceType, frontalImage)
  },
  {
    name: "reference-images-with-image-refer",
    field: "referenceImages",
    check: ({ referenceType, referenceImages }) => pairing("image_refer", referenceType, referenceImages)
  },
  {
    name: "reference-videos-with-video-refer",
    field: "referenceVideos",
    check: ({ referenceType, referenceVideos }) =>
      pairing("video_refer", referenceType, referenceVideos?.length === 0 ? undefined : referenceVideos)
  }
]

function pairing(required: string, referenceType: string, value: unknown): string | undefined {
  if (referenceType === required) return value === undefined ? `required when referenceType is ${required}` : undefined
  return value === undefined ? undefined : `would be ignored: set {referenceType} to "${required}" or omit it`
}

export const createElement = operation({
  id: "legacy.elements.create",
  summary: "Creates an element, a reusable character or object, from images or from a video",
  family: "element",
  path: "/v1/general/advanced-custom-elements",
  billed: false,
  since: "2026-02-25",
  params: {
    name,
    description,
    referenceType: enumOf("reference_type", ["video_refer", "image_refer"], {
      required: true,
      notes: "image_refer: a front view and 1 to 3 more images; video_refer: a video of one character"
    }),
    frontalImage: media("element_image_list.frontal_image", legacyImage, { notes: "with image_refer" }),
    referenceImages: array("element_image_list.refer_images[].image_url", media("", legacyImage, {}), {
      min: 1,
      max: 3,
      notes: "with image_refer"
    }),
    referenceVideos: array("element_video_list.refer_videos[].video_url", media("", elementVideo, {}), {
      max: 1,
      notes: "with video_refer: a realistic human figure, 1080p, 16:9 or 9:16"
    }),
    voiceId,
    tags: array(
      "tag_list[].tag_id",
      enumOf("", ["o_101", "o_102", "o_103", "o_104", "o_105", "o_106", "o_107", "o_108"], {}),
      {}
    ),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: referenceRules,
  price: () => perCall("custom-element"),
  expectedSeconds: () => 60,
  example: {
    name: "Ada",
    description: "A woman in a green coat",
    referenceType: "image_refer",
    frontalImage: "https://example.com/portrait.jpg",
    referenceImages: ["https://example.com/portrait-side.jpg"]
  }
})

export const presetElements = operation({
  ...read,
  id: "legacy.elements.presets",
  summary: "Kling's preset elements",
  family: "element",
  path: "/v1/general/advanced-presets-elements",
  since: "2026-02-25",
  params: pageParams(),
  output: Schema.Array(LegacyTask),
  example: { pageNum: 1, pageSize: 30 }
})

export const deleteElement = operation({
  ...freeDelete,
  id: "legacy.elements.delete",
  summary: "Deletes an element, also one of the old library; deleting it again fails",
  family: "element",
  path: "/v1/general/delete-advanced-elements",
  since: "2026-02-25",
  params: { elementId },
  example: { elementId: "829836802793406551" }
})

const oldLibrary = {
  confidence: "low",
  state: "the old element library; Kling's changelog says that it still works"
} as const
const oldPages = { pageNum: integer("pageNum", {}), pageSize: integer("pageSize", {}) }

export const createOldElement = operation({
  ...oldLibrary,
  id: "legacy.elements-old.create",
  summary: "Creates an element in the old library from images; synchronous",
  family: "element",
  kind: "call",
  path: "/v1/general/custom-elements",
  billed: false,
  since: "2025-12",
  params: {
    name,
    description,
    frontalImage: media("element_frontal_image", legacyImage, { required: true }),
    referenceImages: array("element_refer_list[].image_url", media("", legacyImage, {}), {
      required: true,
      min: 1,
      max: 3
    }),
    voiceId
  },
  price: () => free,
  output: ElementOrTask,
  example: {
    name: "Ada",
    description: "A woman in a green coat",
    frontalImage: "https://example.com/portrait.jpg",
    referenceImages: ["https://example.com/portrait-side.jpg"]
  }
})

export const presetOldElements = operation({
  ...read,
  ...oldLibrary,
  id: "legacy.elements-old.presets",
  summary: "Kling's preset elements in the old library",
  family: "element",
  path: "/v1/general/presets-elements",
  since: "2025-12",
  params: oldPages,
  output: Schema.Array(ElementOrTask),
  example: { pageNum: 1, pageSize: 30 }
})

export const listOldElements = operation({
  ...read,
  ...oldLibrary,
  id: "legacy.elements-old.list",
  summary: "Your elements in the old library",
  family: "element",
  path: "/v1/general/custom-elements",
  since: "2025-12",
  params: oldPages,
  output: Schema.Array(ElementOrTask),
  example: { pageNum: 1, pageSize: 30 }
})

export const deleteOldElement = operation({
  ...freeDelete,
  id: "legacy.elements-old.delete",
  summary: "Deletes an element; the same store as legacy.elements.delete",
  family: "element",
  path: "/v1/general/delete-elements",
  since: "2025-12",
  params: { elementId },
  example: { elementId: "829836802793406551" }
})
