import type { AnyOperation, Family } from "@klingkit/core"

export type OutputKind = "video" | "image" | "views" | "audio" | "video and audio" | "voice" | "element"

/** What the tasks of each family produce. A family that is missing here produces a video. */
const outputByFamily: Readonly<Record<Family, OutputKind>> = {
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

/** Calls that return images although their family produces videos. */
const cutOuts: Readonly<Record<string, number>> = {
  "legacy.identify-face": 1,
  "legacy.image-recognize": 4
}

type OperationName = Pick<AnyOperation, "id" | "family">

export const cutOutsOf = ({ id }: OperationName): number | undefined => cutOuts[id]

export const outputKindOf = (operation: OperationName): OutputKind =>
  cutOutsOf(operation) === undefined ? (outputByFamily[operation.family] ?? "video") : "image"

/** Retired models and packs are separate for images and for everything else. */
export const mediumOf = (operation: OperationName): "image" | "video" =>
  ["image", "views"].includes(outputKindOf(operation)) ? "image" : "video"
