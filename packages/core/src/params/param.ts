import type { MediaRule } from "../media/media-rules.ts"
import type { ValueType } from "./value-type.ts"

/**
 * One parameter of an operation. `path` is where it goes in Kling's body: `settings.duration`, `contents[type=prompt].text`,
 * `element_list[].element_id`. `A` is the TypeScript type on our side.
 */
export interface Param<out A = unknown, Required extends boolean = boolean> {
  readonly path: string
  readonly type: ValueType
  readonly required: Required
  /** What Kling assumes when the field is omitted. */
  readonly default?: string | number | boolean
  /** The other fields beside which the default does not apply: Kling then follows them. */
  readonly defaultUnless?: ReadonlyArray<string>
  /** False: not every model of the operation takes the field, so its default is left to Kling. */
  readonly sendDefault?: boolean
  readonly notes?: string
  /** Only retired models took this: it is rejected before any request. */
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

interface ParamOptions {
  readonly required?: boolean
  readonly default?: string | number | boolean
  readonly defaultUnless?: ReadonlyArray<string>
  readonly sendDefault?: boolean
  readonly notes?: string
  readonly retired?: boolean
}
type IsRequired<O> = O extends { readonly required: true } ? true : false

const param = <A, O extends ParamOptions>(path: string, type: ValueType, options: O): Param<A, IsRequired<O>> => {
  const { default: fallback, defaultUnless, sendDefault, notes, retired } = options
  return {
    path,
    type,
    required: (options.required ?? false) as IsRequired<O>,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(defaultUnless === undefined ? {} : { defaultUnless }),
    ...(sendDefault === undefined ? {} : { sendDefault }),
    ...(notes === undefined ? {} : { notes }),
    ...(retired === undefined ? {} : { retired })
  }
}

export const string = <
  const O extends ParamOptions & { readonly maxLength?: number; readonly isUrl?: boolean; readonly resultOf?: "voice" }
>(
  path: string,
  options: O
) =>
  param<string, O>(
    path,
    {
      kind: "string",
      ...limit("maxLength", options.maxLength),
      ...limit("isUrl", options.isUrl),
      ...limit("resultOf", options.resultOf)
    },
    options
  )

export const enumOf = <const V extends string, const O extends ParamOptions & { readonly allowUnknown?: boolean }>(
  path: string,
  values: ReadonlyArray<V>,
  options: O
) =>
  param<O extends { readonly allowUnknown: true } ? V | (string & {}) : V, O>(
    path,
    { kind: "enum", values, ...limit("allowUnknown", options.allowUnknown) },
    options
  )

interface NumberLimits {
  readonly min?: number
  readonly max?: number
  readonly values?: ReadonlyArray<number>
  readonly encodedAs?: "string"
}
const numberType = (kind: "integer" | "number", options: NumberLimits): ValueType => ({
  kind,
  ...limit("min", options.min),
  ...limit("max", options.max),
  ...limit("values", options.values),
  ...limit("encodedAs", options.encodedAs)
})

export const integer = <const O extends ParamOptions & NumberLimits>(path: string, options: O) =>
  param<number, O>(path, numberType("integer", options), options)

export const number = <const O extends ParamOptions & NumberLimits>(path: string, options: O) =>
  param<number, O>(path, numberType("number", options), options)

export const boolean = <const O extends ParamOptions>(path: string, options: O) =>
  param<boolean, O>(path, { kind: "boolean" }, options)

export const id = <
  const O extends ParamOptions & {
    readonly encodedAs: "number" | "string"
    readonly resultOf?: "video" | "audio" | "element" | "voice"
  }
>(
  path: string,
  options: O
) =>
  param<string, O>(path, { kind: "id", encodedAs: options.encodedAs, ...limit("resultOf", options.resultOf) }, options)

/** An image, a video or audio: an https URL or, where the rule allows it, bare base64. */
export const media = <const O extends ParamOptions>(path: string, rule: MediaRule, options: O) =>
  param<string, O>(path, { kind: "media", rule }, options)

interface Count {
  readonly min?: number
  readonly max?: number
}

/** An array whose entries have the type of `of`; the path of `of` is ignored. */
export const array = <A, const O extends ParamOptions & Count>(path: string, of: Param<A>, options: O) =>
  param<ReadonlyArray<A>, O>(
    path,
    { kind: "array", of: of.type, ...limit("min", options.min), ...limit("max", options.max) },
    options
  )

/** One object; the paths of its fields are relative to `path`. */
export const object = <const P extends Params, const O extends ParamOptions>(path: string, fields: P, options: O) =>
  param<InputOf<P>, O>(path, { kind: "object", fields }, options)

/** An array of objects; the paths of their fields are relative to one entry of `path`. */
export const objectArray = <const P extends Params, const O extends ParamOptions & Count>(
  path: string,
  fields: P,
  options: O
) =>
  param<ReadonlyArray<InputOf<P>>, O>(
    path,
    {
      kind: "array",
      of: { kind: "object", fields },
      ...limit("min", options.min),
      ...limit("max", options.max)
    },
    options
  )

/** A value of either of two types. */
export const union = <A, B, const O extends ParamOptions>(
  path: string,
  first: Param<A>,
  second: Param<B>,
  options: O
) => param<A | B, O>(path, { kind: "union", types: [first.type, second.type] }, options)

function limit<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V })
}
