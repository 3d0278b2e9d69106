import type { Rule } from "../params/check-input.ts"

interface HasId {
  readonly id?: string
}

/** The contents that a prompt may refer to as `@id`. */
export interface ReferableContents {
  readonly firstFrame?: string
  readonly firstFrameId?: string
  readonly lastFrame?: string
  readonly lastFrameId?: string
  readonly referenceImages?: ReadonlyArray<HasId>
  readonly featureVideo?: HasId
  readonly featureVideos?: ReadonlyArray<HasId>
  readonly baseVideo?: HasId
  readonly elements?: ReadonlyArray<HasId>
  readonly voices?: ReadonlyArray<HasId>
}

const idsOf = (input: ReferableContents): ReadonlyArray<string> =>
  [
    input.firstFrameId,
    input.lastFrameId,
    input.featureVideo?.id,
    input.baseVideo?.id,
    ...[input.referenceImages, input.featureVideos, input.elements, input.voices].flatMap((many) =>
      (many ?? []).map((one) => one.id)
    )
  ].filter((id) => id !== undefined)

/** `@id` must mean one thing: Kling wants no id twice, and none that another begins with. */
export const idsToldApart = (field: "elements" | "voices"): Rule<ReferableContents> => ({
  name: "ids-told-apart",
  field,
  check: (input) => {
    const ids = idsOf(input)
    for (const [index, id] of ids.entries()) {
      const other = ids.find((one, at) => at !== index && one.startsWith(id))
      if (other === id) return `and other contents use the id ${JSON.stringify(id)} twice; give each its own`
      if (other !== undefined) {
        return `and other contents have the ids ${JSON.stringify(id)} and ${JSON.stringify(other)}: the one begins with the other, so @${id} is unclear; rename one of them`
      }
    }
    return undefined
  }
})

/** A frame's id without the frame would name nothing. */
export const frameIdRules: ReadonlyArray<Rule<ReferableContents>> = [
  {
    name: "first-frame-id-with-first-frame",
    field: "firstFrameId",
    check: ({ firstFrame, firstFrameId }) =>
      firstFrameId !== undefined && firstFrame === undefined ? "names a first frame: give firstFrame too" : undefined
  },
  {
    name: "last-frame-id-with-last-frame",
    field: "lastFrameId",
    check: ({ lastFrame, lastFrameId }) =>
      lastFrameId !== undefined && lastFrame === undefined ? "names a last frame: give lastFrame too" : undefined
  }
]
