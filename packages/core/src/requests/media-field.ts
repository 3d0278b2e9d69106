import * as z from "zod"
import type { MediaRule } from "../media/media-rules.ts"
import { innerType } from "./inner-type.ts"

type MediaKind = MediaRule["kind"]

const kinds = z.registry<{ readonly kind: MediaKind }>()

/** A field that holds an image, video or audio: a reference to an earlier result, a URL, a path, or base64. */
export const media = (kind: MediaKind, description?: string) =>
  (description === undefined ? z.string() : z.string().describe(description)).register(kinds, { kind })

/** What a field holds when it is media, alone or in a list; each face offers its own ways to give one. */
export const mediaKindOf = (schema: unknown): MediaKind | undefined => {
  const type = innerType(schema)
  const one = type instanceof z.ZodArray ? innerType(type.element) : type
  return one === undefined ? undefined : kinds.get(one)?.kind
}
