import type { Params, ValueType } from "@klingkit/core"

/** One documented parameter. `field` is our name, `place` Kling's; `limits` repeats the value type as data. */
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

/** Parameters with those inside them: `shots[].prompt` stands at `multi_prompt[].prompt`. */
export const parametersOf = (params: Params, prefix = "", at = ""): ReadonlyArray<ParameterView> =>
  Object.entries(params).flatMap(([name, param]) => {
    const field = `${prefix}${name}`
    const place = at === "" ? param.at : param.at === "" ? at : `${at}.${param.at}`
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
  type.kind === "record"
    ? { fields: type.fields, many: false }
    : type.kind === "list" && type.of.kind === "record"
      ? { fields: type.of.fields, many: true }
      : undefined

const typeName = (type: ValueType): string =>
  type.kind === "list"
    ? `list of ${typeName(type.of)}`
    : type.kind === "either"
      ? type.types.map(typeName).join(" or ")
      : type.kind === "media"
        ? type.rule.kind
        : type.kind

const limitsOf = (type: ValueType): Readonly<Record<string, unknown>> => {
  switch (type.kind) {
    case "media":
      return { ...type.rule }
    case "record":
      return {}
    case "either":
      return { either: type.types.map(limitsOf) }
    case "list": {
      const { kind: _kind, of, ...counts } = type
      const each = limitsOf(of)
      return { ...counts, ...(Object.keys(each).length === 0 ? {} : { each }) }
    }
    default: {
      const { kind: _kind, ...limits } = type
      return limits
    }
  }
}
