import { catalog } from "../operations/catalog.ts"
import type { ValueType } from "../params/value-type.ts"
import type { MediaRule } from "./media-rules.ts"

/** What Kling takes of a kind, by any of its operations. */
export interface AcceptedMedia {
  readonly formats: ReadonlyArray<string>
  /** The highest limit that it publishes. */
  readonly maxMegabytes: number
}

/** What at least one operation takes: other files are of no use to Kling. */
export const acceptedMedia = (kind: MediaRule["kind"]): AcceptedMedia => {
  const rules = catalog
    .flatMap(({ params }) => Object.values(params).flatMap(({ type }) => rulesIn(type)))
    .filter((rule) => rule.kind === kind)
  return {
    formats: [...new Set(rules.flatMap(({ formats }) => formats))],
    maxMegabytes: Math.max(...rules.map(({ maxMegabytes = 0 }) => maxMegabytes))
  }
}

function rulesIn(type: ValueType): ReadonlyArray<MediaRule> {
  switch (type.kind) {
    case "media":
      return [type.rule]
    case "array":
      return rulesIn(type.of)
    case "object":
      return Object.values(type.fields).flatMap((field) => rulesIn(field.type))
    case "union":
      return type.types.flatMap(rulesIn)
    default:
      return []
  }
}
