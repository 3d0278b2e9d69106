import type { AnyOperation, Family } from "@klingkit/core"

export type OutputKind = "video" | "image" | "audio" | "voice" | "element"

/** What each family makes. A family that is missing here makes a video. */
const madeBy: Readonly<Record<Family, OutputKind>> = {
  img: "image"
}

export const outputKind = ({ family }: Pick<AnyOperation, "family">): OutputKind => madeBy[family] ?? "video"
