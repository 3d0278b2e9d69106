import type { Rule } from "../params/check-input.ts"
import { idsOf, type ReferableContents } from "./reference-ids.ts"

interface HasPrompt {
  readonly prompt?: string
}

const referenceKinds = ["image", "video", "element", "voice"] as const
type ReferenceKind = (typeof referenceKinds)[number]

const nameByOrder = `(${referenceKinds.join("|")})_(\\d{1,3})`
// Not the domain of an e-mail address.
const at = "(?<![\\w.@-])@"

const ordered = new RegExp(`<<<${nameByOrder}>>>`, "g")
const named = new RegExp(`${at}([\\p{L}\\p{N}_-]+)`, "gu")
const byOrder = new RegExp(`<<<${nameByOrder}>>>|${at}${nameByOrder}(?!\\w)`, "g")
const isNameByOrder = new RegExp(`^${nameByOrder}$`)

/** The id of a content that is known by its order, from 1. */
export const idByOrder = (kind: ReferenceKind, position: number): string => `${kind}_${position}`

/** How many contents of each kind a request gives, in the order of their names: `@image_1` is its first reference image. */
export type GivenContents = Readonly<Record<ReferenceKind, number>>

/**
 * A prompt as the legacy paths take it: `@image_1` is `<<<image_1>>>`, or `<<<image_2>>>` where a frame stands before the
 * reference images in the list.
 */
export const withOrderedReferences = (prompt: string, frames = 0): string =>
  prompt.replaceAll(byOrder, (_, ...[kind, digits, otherKind, otherDigits]: ReadonlyArray<string>) => {
    const name = kind ?? otherKind
    return `<<<${name}_${Number(digits ?? otherDigits) + (name === "image" ? frames : 0)}>>>`
  })

/** The first reference in a prompt to a content that is not given, in either way of writing. */
export const missingReference = (prompt: string, given: GivenContents): string | undefined => {
  for (const [reference, ...[kind, digits, otherKind, otherDigits]] of prompt.matchAll(byOrder)) {
    const name = (kind ?? otherKind) as ReferenceKind
    const number = Number(digits ?? otherDigits)
    const count = given[name]
    if (number >= 1 && number <= count) continue
    const noun = name === "image" ? "reference image" : name
    return `refers to ${reference}, but ${count === 0 ? `no ${noun} is given` : `${noun}s are ${count}`}`
  }
  return undefined
}

/** A prompt as the new paths take it: `<<<image_1>>>` is `@image_1`. */
export const withNamedReferences = (prompt: string): string => prompt.replaceAll(ordered, "@$1_$2")

/**
 * A prompt on the legacy paths refers to contents by their order, as `<<<image_1>>>`, and to none that is not given. The
 * fields are those in which the operation takes each kind; it takes no others.
 */
export const orderedReferences = <Field extends string = never>(
  fields: { readonly [Kind in ReferenceKind]?: ReadonlyArray<Field> } = {}
): Rule<HasPrompt & { readonly [F in Field]?: unknown }> => ({
  name: "references-exist",
  field: "prompt",
  check: (input) => {
    for (const [reference, name, position] of (input.prompt ?? "").matchAll(ordered)) {
      const kind = name as ReferenceKind
      const count = (fields[kind] ?? []).flatMap((field) => input[field] ?? []).length
      if (Number(position) >= 1 && Number(position) <= count) continue
      const given = count === 0 ? `no ${kind} is given` : count === 1 ? `one ${kind} is given` : `${count} are given`
      return `refers to ${reference}, but ${given}`
    }
    return undefined
  }
})

/** A prompt on the new paths refers to contents by their id, as `@image_1`, and to no content that is not given. */
export const namedReferences: Rule<ReferableContents & HasPrompt> = {
  name: "references-exist",
  field: "prompt",
  check: ({ prompt = "", ...contents }) => {
    const ids = idsOf(contents)
    const given = ids.length === 0 ? "no content has an id" : `the ids are ${ids.map((id) => `@${id}`).join(", ")}`
    for (const [reference, kind, position] of prompt.matchAll(ordered)) {
      return `refers to ${reference}; here contents are referred to by their id, as @${kind}_${position}, and ${given}`
    }
    for (const [reference, name = ""] of prompt.matchAll(named)) {
      // Without any id, only the names that this syntax suggests are taken for references, not the @ of a social network.
      if (ids.length === 0 && !isNameByOrder.test(name)) continue
      if (!ids.some((id) => name.startsWith(id))) return `refers to ${reference}, but ${given}`
    }
    return undefined
  }
}
