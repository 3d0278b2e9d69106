import type { Rule } from "../params/check-input.ts"
import { id, string } from "../params/param.ts"

const byId = { notes: "the prompt refers to it as @id" } as const
const requiredId = string("id", { required: true, ...byId })

/** The id of a content of the new paths, where it may have one. */
export const referenceId = string("id", byId)
/** An element of a video or an image on the new paths. */
export const elementFields = {
  elementId: id("element_id", { required: true, encodedAs: "string", resultOf: "element" }),
  id: requiredId
}
/** A voice of a video on the new paths. */
export const voiceFields = { voiceId: string("voice_id", { required: true, resultOf: "voice" }), id: requiredId }
/** The same in the lists of the legacy paths. */
export const listedElement = id("", { encodedAs: "number", resultOf: "element" })
export const listedVoice = string("", { resultOf: "voice" })

interface HasId {
  readonly id?: string
}

/** Contents that a prompt can refer to as `@id`. */
export interface ReferableContents {
  readonly firstFrame?: string
  readonly firstFrameId?: string
  readonly lastFrame?: string
  readonly lastFrameId?: string
  readonly referenceImages?: ReadonlyArray<HasId>
  readonly featureVideo?: HasId
  readonly featureVideos?: ReadonlyArray<HasId>
  readonly baseVideo?: HasId
  readonly element?: HasId
  readonly elements?: ReadonlyArray<HasId>
  readonly voices?: ReadonlyArray<HasId>
}

/** The ids that a prompt can refer to. */
export const idsOf = (input: ReferableContents): ReadonlyArray<string> =>
  [
    input.firstFrameId,
    input.lastFrameId,
    input.featureVideo?.id,
    input.baseVideo?.id,
    input.element?.id,
    ...[input.referenceImages, input.featureVideos, input.elements, input.voices].flatMap((contents) =>
      (contents ?? []).map(({ id }) => id)
    )
  ].filter((id) => id !== undefined)

/** `@id` must be unambiguous: Kling requires unique ids, none a prefix of another. */
export const unambiguousIds = (field: "elements" | "voices"): Rule<ReferableContents> => ({
  name: "unambiguous-ids",
  field,
  check: (input) => {
    const ids = idsOf(input)
    for (const [index, id] of ids.entries()) {
      const other = ids.find((candidate, position) => position !== index && candidate.startsWith(id))
      if (other === id) return `and other contents use the id ${JSON.stringify(id)} twice; ids must be unique`
      if (other !== undefined) {
        return `and other contents have the ids ${JSON.stringify(id)} and ${JSON.stringify(other)}: one is a prefix of the other, so @${id} is ambiguous; rename one of them`
      }
    }
    return undefined
  }
})

/** The id of a frame requires the frame. */
export const frameIdRules: ReadonlyArray<Rule<ReferableContents>> = [
  {
    name: "first-frame-id-with-first-frame",
    field: "firstFrameId",
    check: ({ firstFrame, firstFrameId }) =>
      firstFrameId !== undefined && firstFrame === undefined ? "requires {firstFrame}" : undefined
  },
  {
    name: "last-frame-id-with-last-frame",
    field: "lastFrameId",
    check: ({ lastFrame, lastFrameId }) =>
      lastFrameId !== undefined && lastFrame === undefined ? "requires {lastFrame}" : undefined
  }
]
