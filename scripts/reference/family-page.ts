import { type AnyOperation, derivedReads, type FamilyName, families, isExperimental, type Quote } from "@klingkit/core"
import { exampleForms } from "./examples.ts"
import { bullets, code, linkTo, page, sentence, table } from "./markdown.ts"
import { parameterTable } from "./parameter-table.ts"
import { resultWords } from "./result-shape.ts"
import { ruleSentence } from "./rule-sentence.ts"

export const operationsOf = (family: FamilyName): ReadonlyArray<AnyOperation> => Object.values(families[family])

/** Everything about one family: each of its operations, and the reads that hang off them. */
export const familyPage = (family: FamilyName): string => {
  const operations = operationsOf(family)
  return page(
    `# ${sentence(family)}`,
    bullets(operations.map(({ id, summary }) => `${linkTo("", id)}: ${summary}`)),
    ...operations.map((operation) => operationSection(family, operation)),
    readsSection(operations),
    "Generated from the declarations in `packages/core`; [all operations](README.md)."
  )
}

const operationSection = (family: FamilyName, operation: AnyOperation): string =>
  page(
    `## ${operation.id}`,
    `${operation.summary}.`,
    isExperimental(operation)
      ? "**Experimental**: it rests on one source or on an analogy, and may not work as described."
      : undefined,
    table(["", ""], facts(operation)),
    parameterTable(operation.params),
    rules(operation),
    exampleForms(family, operation)
  ).trimEnd()

const facts = (operation: AnyOperation): ReadonlyArray<ReadonlyArray<string>> => {
  const { method, path, generation, since, confidence, state, models, externalId, billed, kind } = operation
  return [
    ["request", code(`${method} ${path}`)],
    ["generation", generation],
    ["since", since],
    ["state", state ?? "live"],
    ["confidence", confidence],
    ...(models.length === 0 ? [] : [["models", models.map(code).join(", ")]]),
    ["paid", billed ? "yes" : "no"],
    ["price of the example", quoteWords(operation.price(operation.example))],
    ...(kind === "read"
      ? []
      : [
          [
            "external task id",
            externalId === undefined ? "none: a lost answer cannot be found again" : code(externalId)
          ]
        ]),
    ["answers", resultWords(operation)]
  ]
}

export const quoteWords = ({ state, rule, priceUsd = 0 }: Quote): string =>
  state !== "exact" ? `${state}: ${rule}` : priceUsd === 0 ? rule : `${rule} = ${usd(priceUsd)}`

const usd = (value: number): string => `$${Number(value.toFixed(2)) === value ? value.toFixed(2) : value}`

const rules = (operation: AnyOperation): string | undefined =>
  operation.rules.length === 0
    ? undefined
    : `Checked before anything is sent, each with an example of what is said when it is broken:\n\n${bullets(
        operation.rules.map((rule) => {
          const said = ruleSentence(operation, rule)
          return `${rule.name.replaceAll("-", " ")}${said === undefined ? ` (${code(rule.field)})` : `: *${code(rule.field)} ${said}*`}`
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
        "Free, and found again by `klingkit task get`, `task list` and the client's `task`, `wait` and `tasks`.",
        table(
          ["id", "request", "what"],
          own.map(({ id, method, path, summary }) => [code(id), code(`${method} ${path}`), summary])
        )
      ).trimEnd()
}
