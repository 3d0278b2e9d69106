import type { AnyOperation, Family } from "@klingkit/core"

export type Makes = "video" | "image" | "views" | "audio" | "video and audio" | "voice" | "element"

/** What the tasks of each family make. A family that is missing here makes a video. */
const madeBy: Readonly<Record<Family, Makes>> = {
  img: "image",
  image: "image",
  omniimg: "image",
  mi2i: "image",
  expand: "image",
  tryon: "image",
  vton: "image",
  multishot: "views",
  tts: "audio",
  t2a: "audio",
  v2a: "video and audio",
  voice: "voice",
  element: "element"
}

/** Calls that answer with pictures, though their family belongs to videos. */
const cutOuts: Readonly<Record<string, number>> = {
  "legacy.identify-face": 1,
  "legacy.image-recognize": 4
}

type Named = Pick<AnyOperation, "id" | "family">

export const cutOutsOf = ({ id }: Named): number | undefined => cutOuts[id]

export const makes = (operation: Named): Makes =>
  cutOutsOf(operation) === undefined ? (madeBy[operation.family] ?? "video") : "image"

/** Retired models and packs are counted apart for pictures and for everything else. */
export const mediumOf = (operation: Named): "image" | "video" =>
  ["image", "views"].includes(makes(operation)) ? "image" : "video"
