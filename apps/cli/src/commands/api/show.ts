import { inputJsonSchema, isExperimental } from "@klingkit/core"
import { Effect, Struct } from "effect"
import { Command } from "effect/cli"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"
import { quoteText, quoteView } from "../../output/task-view.ts"
import { findByName, operationArgument } from "./find.ts"
import { parametersOf, type ParameterView } from "./parameter-view.ts"

const limitsText = (limits: Readonly<Record<string, unknown>>): string =>
  Object.entries(limits)
    .filter(([name]) => name !== "kind")
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("|") : JSON.stringify(value)}`)
    .join(", ")

const columns: ReadonlyArray<Column<ParameterView>> = [
  { title: "field", value: ({ field, required }) => (required ? `${field} *` : field) },
  { title: "api field", value: ({ place }) => place },
  { title: "type", value: ({ type }) => type },
  { title: "limits", value: ({ limits }) => limitsText(limits) },
  { title: "default", value: (parameter) => (parameter.default === undefined ? undefined : String(parameter.default)) },
  { title: "notes", value: ({ notes, retired }) => (retired === true ? `retired; ${notes ?? ""}` : notes) }
]

export const show = Command.make(
  "show",
  { operation: operationArgument },
  Effect.fnUntraced(function* ({ operation: id }) {
    const output = yield* Output
    const operation = yield* findByName(id)
    const parameters = parametersOf(operation.params)
    // The price of the example shows the price rule without an input.
    const price = operation.price(operation.example)
    const rules = operation.rules.map(({ name, field }) => ({ name, field }))
    yield* output.answer({
      json: {
        ...Struct.pick(operation, ["id", "summary", "method", "path", "billed", "generation", "kind", "confidence"]),
        experimental: isExperimental(operation),
        ...Struct.pick(operation, ["since", "state", "models", "externalId", "findableByExternalId"]),
        input: inputJsonSchema(operation.params),
        parameters,
        rules,
        example: operation.example,
        price: quoteView(price)
      },
      text: [
        `${operation.id}: ${operation.summary}`,
        `${operation.method} ${operation.path}, ${operation.billed ? "billed" : "free"}, ${operation.generation}, since ${operation.since}, confidence ${operation.confidence}${isExperimental(operation) ? " (experimental)" : ""}`,
        ...(operation.state === undefined ? [] : [`State: ${operation.state}`]),
        ...(operation.models.length === 0 ? [] : [`Models: ${operation.models.join(", ")}`]),
        `Price of the example: ${quoteText(price)}`,
        `Example: klingkit api call ${operation.id} --input '${JSON.stringify(operation.example)}'`,
        "",
        table(parameters, columns, output.stdoutIsTerminal)
      ].join("\n")
    })
  })
).pipe(
  Command.withDescription("Show an operation's parameters and limits, as a table or as JSON Schema"),
  Command.withExamples([
    { command: "klingkit api show new.t2v.kling-3.0" },
    { command: "klingkit api show legacy.images.generations --json | jq .input", description: "The JSON Schema" }
  ])
)
