import type { Params, ValueType } from "@klingkit/core"

/** One documented parameter. `field` is klingkit's name, `place` the wire field; `limits` is the value type as data. */
export interface ParameterView {
  readonly field: string
  readonly place: string
  readonly type: string
  readonly limits: Readonly<Record<string, unknown>>
  readonly required: boolean
  readonly default?: string | number | boolean
  readonly notes?: string
  readonly retired?: boolean
}

/** Parameters with their nested ones: `shots[].prompt` is the wire field `multi_prompt[].prompt`. */
export const parametersOf = (params: Params, prefix = "", at = ""): ReadonlyArray<ParameterView> =>
  Object.entries(params).flatMap(([name, param]) => {
    const field = `${prefix}${name}`
    const place = at === "" ? param.path : param.path === "" ? at : `${at}.${param.path}`
    const { default: fallback, notes, retired, required, type } = param
    const view: ParameterView = {
      field,
      place,
      type: typeName(type),
      limits: limitsOf(type),
      required,
      ...(fallback === undefined ? {} : { default: fallback }),
      ...(notes === undefined ? {} : { notes }),
      ...(retired === undefined ? {} : { retired })
    }
    const inner = recordIn(type)
    return inner === undefined
      ? [view]
      : [view, ...parametersOf(inner.fields, `${field}${inner.many ? "[]" : ""}.`, place)]
  })

const recordIn = (type: ValueType): { fields: Params; many: boolean } | undefined =>
  type.kind === "object"
    ? { fields: type.fields, many: false }
    : type.kind === "array" && type.of.kind === "object"
      ? { fields: type.of.fields, many: true }
      : undefined

const typeName = (type: ValueType): string =>
  type.kind === "array"
    ? `array of ${typeName(type.of)}`
    : type.kind === "union"
      ? type.types.map(typeName).join(" or ")
      : type.kind === "media"
        ? type.rule.kind
        : type.kind

interface Scalar {
  readonly kind: string
  readonly allowUnknown?: boolean
  readonly encodedAs?: string
}

const limitsOf = (type: ValueType): Readonly<Record<string, unknown>> => {
  switch (type.kind) {
    case "media":
      return { ...type.rule }
    case "object":
      return {}
    case "union":
      return { either: type.types.map(limitsOf) }
    case "array": {
      const { kind: _kind, of, ...counts } = type
      const each = limitsOf(of)
      return { ...counts, ...(Object.keys(each).length === 0 ? {} : { each }) }
    }
    default: {
      // Programs that read this output know these two by their first names.
      const { kind: _kind, allowUnknown, encodedAs, ...limits }: Scalar = type
      return {
        ...limits,
        ...(allowUnknown === undefined ? {} : { open: allowUnknown }),
        ...(encodedAs === undefined ? {} : { sentAs: encodedAs })
      }
    }
  }
}
