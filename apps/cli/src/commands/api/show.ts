import {
  type AnyOperation,
  inputJsonSchema,
  isExperimental,
  type Param,
  type Quote,
  type ValueType
} from "@klingkit/core"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"
import { quoteText, quoteView } from "../../output/task-view.ts"
import { findByName, operationArgument } from "./find.ts"

/** One documented parameter. `field` is our name, `place` Kling's; `limits` repeats the value type as data. */
interface ParameterView {
  readonly field: string
  readonly place: string
  readonly type: string
  readonly limits: Readonly<Record<string, unknown>>
  readonly required: boolean
  readonly default?: string | number | boolean
  readonly notes?: string
  readonly retired?: boolean
}

const parametersOf = (params: Readonly<Record<string, Param>>, prefix = "", at = ""): ReadonlyArray<ParameterView> =>
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

const recordIn = (type: ValueType): { fields: Readonly<Record<string, Param>>; many: boolean } | undefined =>
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

const limitsText = (limits: Readonly<Record<string, unknown>>): string =>
  Object.entries(limits)
    .filter(([name]) => name !== "kind")
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("|") : JSON.stringify(value)}`)
    .join(", ")

const columns: ReadonlyArray<Column<ParameterView>> = [
  { title: "field", value: ({ field, required }) => (required ? `${field} *` : field) },
  { title: "kling's place", value: ({ place }) => place },
  { title: "type", value: ({ type }) => type },
  { title: "limits", value: ({ limits }) => limitsText(limits) },
  { title: "default", value: (one) => (one.default === undefined ? undefined : String(one.default)) },
  { title: "notes", value: ({ notes, retired }) => (retired === true ? `retired; ${notes ?? ""}` : notes) }
]

/** The price of the declared example: it shows the rule without asking for an input. */
const examplePrice = (operation: AnyOperation): Quote => operation.price(operation.example)

export const show = Command.make(
  "show",
  { operation: operationArgument },
  Effect.fnUntraced(function* ({ operation: id }) {
    const output = yield* Output
    const operation = yield* findByName(id)
    const { summary, method, path, billed, generation, kind, confidence, since, state, models, externalId } = operation
    const parameters = parametersOf(operation.params)
    const price = examplePrice(operation)
    const rules = operation.rules.map(({ name, field }) => ({ name, field }))
    yield* output.answer({
      json: {
        id,
        summary,
        method,
        path,
        billed,
        generation,
        kind,
        confidence,
        experimental: isExperimental(operation),
        since,
        ...(state === undefined ? {} : { state }),
        models,
        ...(externalId === undefined ? {} : { externalId }),
        input: inputJsonSchema(operation.params),
        parameters,
        rules,
        example: operation.example,
        price: quoteView(price)
      },
      text: [
        `${id}: ${summary}`,
        `${method} ${path}, ${billed ? "billed" : "free"}, ${generation}, since ${since}, confidence ${confidence}${isExperimental(operation) ? " (experimental)" : ""}`,
        ...(state === undefined ? [] : [`State: ${state}`]),
        ...(models.length === 0 ? [] : [`Models: ${models.join(", ")}`]),
        `Price of the example: ${quoteText(price)}`,
        `Example: klingkit api call ${id} --input '${JSON.stringify(operation.example)}'`,
        "",
        table(parameters, columns, output.stdoutIsTerminal)
      ].join("\n")
    })
  })
).pipe(
  Command.withDescription("One operation: its parameters with their limits, as a table or as JSON Schema"),
  Command.withExamples([
    { command: "klingkit api show new.t2v.kling-3.0" },
    { command: "klingkit api show legacy.images.generations --json | jq .input", description: "The JSON Schema" }
  ])
)
