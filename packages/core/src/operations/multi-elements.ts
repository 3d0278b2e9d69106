import { Schema } from "effect"
import { sessionHours } from "../kling-facts.ts"
import { editableVideo, legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, id, integer, array, media, number, objectArray, string } from "../params/param.ts"
import { free, unknownPrice } from "../prices/quote.ts"
import { maybe, WireId, WireNumber } from "../wire/fields.ts"
import { legacyOptions } from "./options.ts"
import { exactlyOne } from "./presence-rules.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const selection = {
  family: "multielements",
  kind: "call",
  since: "2025-07-21",
  price: () => free,
  expectedSeconds: () => 10
} as const

const sessionId = id("session_id", {
  required: true,
  encodedAs: "string",
  notes: `from legacy.multi-elements.init-selection; valid for ${sessionHours} h`
})
const frameIndex = integer("frame_index", { required: true, min: 0, notes: "at most 10 frames in one session" })
const point = {
  x: number("x", { required: true, min: 0, max: 1, notes: "0 is the left edge" }),
  y: number("y", { required: true, min: 0, max: 1, notes: "0 is the top edge" })
}

/** `status` 0 is success; any other value says why the video or the selection is rejected. */
const response = { status: maybe(WireNumber), session_id: maybe(WireId) }

const Selected = Schema.Struct({
  ...response,
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
  summary: "Opens a video for editing: a session in which objects are selected",
  path: "/v1/videos/multi-elements/init-selection",
  params: {
    videoId: id("video_id", {
      resultOf: "video",
      encodedAs: "string",
      notes: "of an earlier result; this or videoUrl"
    }),
    videoUrl: media("video_url", editableVideo, { notes: "this or videoId" })
  },
  rules: [exactlyOne("videoId", "videoUrl")],
  output: Schema.Struct({
    ...response,
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
  summary: "Selects the objects under points of a frame",
  path: "/v1/videos/multi-elements/add-selection",
  params: { sessionId, frameIndex, points: objectArray("points[]", point, { required: true, min: 1, max: 10 }) },
  output: Selected,
  example: { sessionId: "893605946402811985", frameIndex: 12, points: [{ x: 0.4, y: 0.6 }] }
})

export const deleteSelection = operation({
  ...selection,
  id: "legacy.multi-elements.delete-selection",
  summary: "Removes points of a frame from the selection",
  path: "/v1/videos/multi-elements/delete-selection",
  params: {
    sessionId,
    frameIndex,
    points: objectArray("points[]", point, { required: true, min: 1, notes: "the same points that were added" })
  },
  output: Selected,
  example: { sessionId: "893605946402811985", frameIndex: 12, points: [{ x: 0.4, y: 0.6 }] }
})

export const clearSelection = operation({
  ...selection,
  id: "legacy.multi-elements.clear-selection",
  summary: "Clears the selection",
  path: "/v1/videos/multi-elements/clear-selection",
  params: { sessionId },
  output: Schema.Struct(response),
  example: { sessionId: "893605946402811985" }
})

export const previewSelection = operation({
  ...selection,
  id: "legacy.multi-elements.preview-selection",
  summary: "Renders a video that shows the selection",
  path: "/v1/videos/multi-elements/preview-selection",
  params: { sessionId },
  output: Schema.Struct({
    ...response,
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
  addition: { min: 1, max: 2, text: "1 or 2 images" },
  swap: { min: 1, max: 1, text: "exactly 1 image" },
  removal: { min: 0, max: 0, text: "no images" }
}

export const multiElements = operation({
  id: "legacy.multi-elements",
  summary: "Adds objects to a video, or swaps or removes the selected ones",
  family: "multielements",
  path: "/v1/videos/multi-elements",
  confidence: "medium",
  since: "2025-07-21",
  state: "unconfirmed: still documented, but its model was retired on 2026-09-15 and it is no longer on the price list",
  models: ["kling-v1-6"],
  params: {
    sessionId,
    editMode: enumOf("edit_mode", ["addition", "swap", "removal"], { required: true }),
    images: array("image_list[].image", media("", legacyImage, {}), {
      max: 2,
      notes: "addition: 1 or 2; swap: 1; removal: none"
    }),
    prompt: string("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: string("negative_prompt", { maxLength: 2500 }),
    mode: enumOf("mode", ["std", "pro"], { default: "std" }),
    durationSeconds: integer("duration", { values: [5, 10], default: 5, encodedAs: "string" }),
    ...legacyOptions
  },
  rules: [
    {
      name: "images-of-edit-mode",
      field: "images",
      check: ({ editMode, images = [] }) => {
        const { min, max, text } = imagesOfMode[editMode]
        return images.length < min || images.length > max
          ? `are ${images.length}; {editMode} ${editMode} takes ${text}`
          : undefined
      }
    }
  ],
  price: () => unknownPrice("no longer listed; until 2026-09-15 it cost 0.6 video units per second (std) or 1 (pro)"),
  expectedSeconds: expectedVideoSeconds,
  example: { sessionId: "893605946402811985", editMode: "removal", prompt: "Remove the sign" }
})
