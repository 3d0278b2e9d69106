import type { MediaRule } from "../media/media-rules.ts"
import type { AnyOperation } from "../operation.ts"
import type { ModelFacts } from "./model-facts.ts"

// Limits read back from the params of an operation.

/** What the operations of a model state besides their params. */
export const factsOf = (id: string, operations: ReadonlyArray<AnyOperation>): ModelFacts =>
  operations.flatMap(({ facts = [] }) => facts).find((facts) => facts.id === id) ?? { id }

/** The values of an enum param; empty when the operation has no such param. */
export const enumOf = ({ params }: AnyOperation, name: string): ReadonlyArray<string> => {
  const type = params[name]?.type
  return type?.kind === "enum" ? type.values : []
}

/** The most entries of a param: 1 for an object, 0 for none. */
export const countOf = ({ params }: AnyOperation, name: string): number => {
  const type = params[name]?.type
  return type?.kind === "array" ? (type.max ?? Number.POSITIVE_INFINITY) : type?.kind === "object" ? 1 : 0
}

/** The highest integer that a param accepts, also as one type of a union; 0 for none. */
export const integerMax = ({ params }: AnyOperation, name: string): number => {
  const type = params[name]?.type
  const integer = type?.kind === "union" ? type.types.find(({ kind }) => kind === "integer") : type
  return integer?.kind === "integer" ? (integer.max ?? 0) : 0
}

/** The durations that the operations accept: a range, or the only values. */
export const secondsOf = (operations: ReadonlyArray<AnyOperation>) => {
  const types = operations.flatMap(({ params }) => {
    const type = params["durationSeconds"]?.type
    return type?.kind === "integer" ? [type] : []
  })
  const values = types.flatMap((type) => type.values ?? [])
  return values.length > 0
    ? { values: union([values]) }
    : {
        min: Math.min(...types.map(({ min = 1 }) => min)),
        max: Math.max(...types.map(({ max = Number.POSITIVE_INFINITY }) => max))
      }
}

/** What an operation accepts as the video of one of these params: the first that it has. */
export const videoRuleOf = ({ params }: AnyOperation, ...names: ReadonlyArray<string>): MediaRule | undefined => {
  const [type] = names.flatMap((name) => params[name]?.type ?? [])
  const one = type?.kind === "array" ? type.of : type
  const held = one?.kind === "object" ? one.fields["video"]?.type : one
  return held?.kind === "media" ? held.rule : undefined
}

/** Each value once, in order of appearance. */
export const union = <A>(values: ReadonlyArray<ReadonlyArray<A>>): ReadonlyArray<A> => [...new Set(values.flat())]
