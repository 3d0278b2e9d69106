import { Schema } from "effect"
import { editableVideo, legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, id, integer, list, media, number, records, text } from "../params/param.ts"
import { free, unknownPrice } from "../prices/quote.ts"
import { maybe, WireId, WireNumber } from "../wire/fields.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { usualVideoSeconds } from "./video-rules.ts"

const selection = {
  family: "multielements",
  kind: "call",
  since: "2025-07-21",
  price: () => free,
  usualSeconds: () => 10
} as const

const sessionId = id("session_id", {
  required: true,
  sentAs: "string",
  notes: "from legacy.multi-elements.init-selection; lives 24 h"
})
const frameIndex = integer("frame_index", { required: true, min: 0, notes: "at most 10 frames in one session" })
const point = {
  x: number("x", { required: true, min: 0, max: 1, notes: "0 is the left edge" }),
  y: number("y", { required: true, min: 0, max: 1, notes: "0 is the top edge" })
}

/** `status` 0 is good; any other value says why the clip or the selection is refused. */
const answer = { status: maybe(WireNumber), session_id: maybe(WireId) }

const Selected = Schema.Struct({
  ...answer,
  res: maybe(
    Schema.Struct({
      frame_index: maybe(WireNumber),
      rle_mask_list: maybe(Schema.Array(Schema.Unknown))
    })
  )
})

export const initSelection = operation({
  ...selection,
  id: "legacy.multi-elements.init-selection",
  summary: "Opens a clip for editing: a session in which things are selected",
  path: "/v1/videos/multi-elements/init-selection",
  params: {
    videoId: id("video_id", { sentAs: "string", notes: "of an earlier result; this or videoUrl" }),
    videoUrl: media("video_url", editableVideo, { notes: "this or videoId" })
  },
  rules: [exactlyOne("videoId", "videoUrl")],
  output: Schema.Struct({
    ...answer,
    fps: maybe(WireNumber),
    original_duration: maybe(WireNumber),
    width: maybe(WireNumber),
    height: maybe(WireNumber),
    total_frame: maybe(WireNumber),
    normalized_video: maybe(Schema.String)
  }),
  example: { videoUrl: "https://example.com/walk.mp4" }
})

export const addSelection = operation({
  ...selection,
  id: "legacy.multi-elements.add-selection",
  summary: "Selects what lies under some points of a frame",
  path: "/v1/videos/multi-elements/add-selection",
  params: { sessionId, frameIndex, points: records("points[]", point, { required: true, min: 1, max: 10 }) },
  output: Selected,
  example: { sessionId: "893605946402811985", frameIndex: 12, points: [{ x: 0.4, y: 0.6 }] }
})

export const deleteSelection = operation({
  ...selection,
  id: "legacy.multi-elements.delete-selection",
  summary: "Takes points of a frame back out of the selection",
  path: "/v1/videos/multi-elements/delete-selection",
  params: {
    sessionId,
    frameIndex,
    points: records("points[]", point, { required: true, min: 1, notes: "the very points that were added" })
  },
  output: Selected,
  example: { sessionId: "893605946402811985", frameIndex: 12, points: [{ x: 0.4, y: 0.6 }] }
})

export const clearSelection = operation({
  ...selection,
  id: "legacy.multi-elements.clear-selection",
  summary: "Empties the selection",
  path: "/v1/videos/multi-elements/clear-selection",
  params: { sessionId },
  output: Schema.Struct(answer),
  example: { sessionId: "893605946402811985" }
})

export const previewSelection = operation({
  ...selection,
  id: "legacy.multi-elements.preview-selection",
  summary: "A clip that shows what is selected",
  path: "/v1/videos/multi-elements/preview-selection",
  params: { sessionId },
  output: Schema.Struct({
    ...answer,
    res: maybe(
      Schema.Struct({
        video: maybe(Schema.String),
        video_cover: maybe(Schema.String),
        tracking_output: maybe(Schema.String)
      })
    )
  }),
  example: { sessionId: "893605946402811985" }
})

const imagesOfMode = {
  addition: { min: 1, max: 2, words: "1 or 2 images" },
  swap: { min: 1, max: 1, words: "exactly 1 image" },
  removal: { min: 0, max: 0, words: "no images" }
}

export const multiElements = operation({
  id: "legacy.multi-elements",
  summary: "Adds things to a clip, swaps or removes those that were selected",
  family: "multielements",
  path: "/v1/videos/multi-elements",
  confidence: "medium",
  since: "2025-07-21",
  state: "unproven: still documented, yet its model was switched off on 2026-09-15 and it left the price list",
  models: ["kling-v1-6"],
  params: {
    sessionId,
    editMode: choice("edit_mode", ["addition", "swap", "removal"], { required: true }),
    images: list("image_list[].image", media("", legacyImage, {}), {
      max: 2,
      notes: "addition: 1 or 2; swap: 1; removal: none"
    }),
    prompt: text("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: text("negative_prompt", { maxLength: 2500 }),
    mode: choice("mode", ["std", "pro"], { default: "std" }),
    durationSeconds: integer("duration", { values: [5, 10], default: 5, sentAs: "string" }),
    ...legacyOptions
  },
  rules: [
    {
      name: "images-of-edit-mode",
      field: "images",
      check: ({ editMode, images = [] }) => {
        const { min, max, words } = imagesOfMode[editMode]
        return images.length < min || images.length > max
          ? `are ${images.length}; editMode ${editMode} takes ${words}`
          : undefined
      }
    }
  ],
  price: () => unknownPrice("no longer listed; until 2026-09-15 a second was 0.6 video units (std) or 1 (pro)"),
  usualSeconds: usualVideoSeconds,
  example: { sessionId: "893605946402811985", editMode: "removal", prompt: "Remove the sign" }
})
