import { type AnyOperation, type FamilyName, families, isExperimental, type Quote } from "@klingkit/core"
import { derivedReads, fillNames } from "@klingkit/core/internal"
import { exampleForms } from "./examples.ts"
import { bullets, code, linkTo, page, sentence, table } from "./markdown.ts"
import { parameterTable } from "./parameter-table.ts"
import { formatResult } from "./result-shape.ts"
import { ruleSentence } from "./rule-sentence.ts"

export const operationsOf = (family: FamilyName): ReadonlyArray<AnyOperation> => Object.values(families[family])

/** Everything about one family: its operations, and the reads derived from them. */
export const familyPage = (family: FamilyName): string => {
  const operations = operationsOf(family)
  return page(
    `# ${sentence(family)}`,
    bullets(operations.map(({ id, summary }) => `${linkTo("", id)}: ${summary}`)),
    ...operations.map((operation) => operationSection(operation)),
    readsSection(operations),
    "Generated from the declarations in `packages/core`; [all operations](README.md)."
  )
}

const operationSection = (operation: AnyOperation): string =>
  page(
    `## ${operation.id}`,
    `${operation.summary}.`,
    isExperimental(operation)
      ? "**Experimental**: based on a single source or an analogy; it may not work as described."
      : undefined,
    table(["", ""], facts(operation)),
    parameterTable(operation.params),
    rules(operation),
    exampleForms(operation)
  ).trimEnd()

const facts = (operation: AnyOperation): ReadonlyArray<ReadonlyArray<string>> => {
  const { method, path, generation, since, confidence, state, models, externalId, findableByExternalId, billed, kind } =
    operation
  return [
    ["request", code(`${method} ${path}`)],
    ["generation", generation],
    ["since", since],
    ["state", state ?? "live"],
    ["confidence", confidence],
    ...(models.length === 0 ? [] : [["models", models.map(code).join(", ")]]),
    ["paid", billed ? "yes" : "no"],
    ["price of the example", formatQuote(operation.price(operation.example))],
    ...(kind === "read"
      ? []
      : [
          ["external task id", externalId === undefined ? "none" : code(externalId)],
          ["found by it", foundText[kind === "create" ? findableByExternalId : "call"]]
        ]),
    ["returns", formatResult(operation)]
  ]
}

/** What a lost response means, by `findableByExternalId`. */
const foundText = {
  proven: "proven: after a lost response the task is looked up, and the request sent once more if there is none",
  unproven: "unproven: after a lost response the task is looked up, also in Kling's list; never sent again",
  no: "no: after a lost response the task is looked for in Kling's list; never sent again",
  call: "no: after a lost response only the user can say whether it was made; never sent again"
} as const

export const formatQuote = ({ state, rule, priceUsd = 0 }: Quote): string =>
  state !== "exact" ? `${state}: ${rule}` : priceUsd === 0 ? rule : `${rule} = ${usd(priceUsd)}`

const usd = (value: number): string => `$${Number(value.toFixed(2)) === value ? value.toFixed(2) : value}`

const rules = (operation: AnyOperation): string | undefined =>
  operation.rules.length === 0
    ? undefined
    : `Validated before anything is sent, each with an example of its message:\n\n${bullets(
        operation.rules.map((rule) => {
          const message = ruleSentence(operation, rule)
          return `${rule.name.replaceAll("-", " ")}${message === undefined ? ` (${code(rule.field)})` : `: *${code(rule.field)} ${fillNames(message, (name) => name)}*`}`
        })
      )}`

const readsSection = (operations: ReadonlyArray<AnyOperation>): string | undefined => {
  const own = operations.flatMap(({ id }) =>
    derivedReads.filter((read) => read.id === `${id}.get` || read.id === `${id}.list`)
  )
  return own.length === 0
    ? undefined
    : page(
        "## Reads",
        "Free. `klingkit task get`, `task list` and the client's `task`, `wait` and `tasks` use them.",
        table(
          ["id", "request", "summary"],
          own.map(({ id, method, path, summary }) => [code(id), code(`${method} ${path}`), summary])
        )
      ).trimEnd()
}
