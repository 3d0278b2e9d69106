import type { MediaRule } from "../media/media-rules.ts"
import type { ValueType } from "./value-type.ts"

/**
 * One parameter of an operation. `at` is its place in Kling's body: `settings.duration`, `contents[type=prompt].text`,
 * `element_list[].element_id`. `A` is the TypeScript type on our side.
 */
export interface Param<out A = unknown, Required extends boolean = boolean> {
  readonly at: string
  readonly type: ValueType
  readonly required: Required
  /** What Kling assumes when the field is left out. */
  readonly default?: string | number | boolean
  readonly notes?: string
  /** Only models that Kling has switched off took this: sending it is refused before any request. */
  readonly retired?: boolean
  readonly "~type"?: A
}

export type Params = Readonly<Record<string, Param>>

type TypeOf<P> = P extends Param<infer A> ? A : never
type RequiredKey<P extends Params> = { [K in keyof P]: P[K] extends Param<unknown, true> ? K : never }[keyof P]

/** The TypeScript input that a set of parameters describes. */
export type InputOf<P extends Params> = string extends keyof P
  ? Readonly<Record<string, unknown>>
  : {
      readonly [K in RequiredKey<P>]: TypeOf<P[K]>
    } & {
      readonly [K in Exclude<keyof P, RequiredKey<P>>]?: TypeOf<P[K]>
    }

interface About {
  readonly required?: boolean
  readonly default?: string | number | boolean
  readonly notes?: string
  readonly retired?: boolean
}
type IsRequired<O> = O extends { readonly required: true } ? true : false

const param = <A, O extends About>(at: string, type: ValueType, about: O): Param<A, IsRequired<O>> => {
  const { default: fallback, notes, retired } = about
  return {
    at,
    type,
    required: (about.required ?? false) as IsRequired<O>,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(notes === undefined ? {} : { notes }),
    ...(retired === undefined ? {} : { retired })
  }
}

export const text = <const O extends About & { readonly maxLength?: number }>(at: string, options: O) =>
  param<string, O>(at, { kind: "text", ...limit("maxLength", options.maxLength) }, options)

export const choice = <const V extends string, const O extends About & { readonly open?: boolean }>(
  at: string,
  values: ReadonlyArray<V>,
  options: O
) =>
  param<O extends { readonly open: true } ? V | (string & {}) : V, O>(
    at,
    { kind: "choice", values, ...limit("open", options.open) },
    options
  )

interface NumberLimits {
  readonly min?: number
  readonly max?: number
  readonly values?: ReadonlyArray<number>
  readonly sentAs?: "string"
}
const numberType = (kind: "integer" | "number", options: NumberLimits): ValueType => ({
  kind,
  ...limit("min", options.min),
  ...limit("max", options.max),
  ...limit("values", options.values),
  ...limit("sentAs", options.sentAs)
})

export const integer = <const O extends About & NumberLimits>(at: string, options: O) =>
  param<number, O>(at, numberType("integer", options), options)

export const number = <const O extends About & NumberLimits>(at: string, options: O) =>
  param<number, O>(at, numberType("number", options), options)

export const flag = <const O extends About>(at: string, options: O) => param<boolean, O>(at, { kind: "flag" }, options)

export const id = <const O extends About & { readonly sentAs: "number" | "string" }>(at: string, options: O) =>
  param<string, O>(at, { kind: "id", sentAs: options.sentAs }, options)

/** A picture, clip or sound: an https URL or, where the rule allows it, bare base64. */
export const media = <const O extends About>(at: string, rule: MediaRule, options: O) =>
  param<string, O>(at, { kind: "media", rule }, options)

interface Count {
  readonly min?: number
  readonly max?: number
}

/** Several values of one kind, declared by a parameter whose own place is ignored. */
export const list = <A, const O extends About & Count>(at: string, of: Param<A>, options: O) =>
  param<ReadonlyArray<A>, O>(
    at,
    { kind: "list", of: of.type, ...limit("min", options.min), ...limit("max", options.max) },
    options
  )

/** One object; the places of its fields are relative to `at`. */
export const record = <const P extends Params, const O extends About>(at: string, fields: P, options: O) =>
  param<InputOf<P>, O>(at, { kind: "record", fields }, options)

/** Several objects; the places of their fields are relative to one entry of `at`. */
export const records = <const P extends Params, const O extends About & Count>(at: string, fields: P, options: O) =>
  param<ReadonlyArray<InputOf<P>>, O>(
    at,
    {
      kind: "list",
      of: { kind: "record", fields },
      ...limit("min", options.min),
      ...limit("max", options.max)
    },
    options
  )

/** A value that may take either of two types. */
export const either = <A, B, const O extends About>(at: string, first: Param<A>, second: Param<B>, options: O) =>
  param<A | B, O>(at, { kind: "either", types: [first.type, second.type] }, options)

function limit<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V })
}
