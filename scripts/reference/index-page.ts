import { catalog, derivedReads, families, type FamilyName, isExperimental, type OperationId } from "@klingkit/core"
import { operationsOf } from "./family-page.ts"
import { bullets, code, fenced, linkTo, page, sentence, table } from "./markdown.ts"
import { recordShapes } from "./result-shape.ts"
import { toolOfFamily, toolOfOperation } from "./tools.ts"

const names = Object.keys(families) as ReadonlyArray<FamilyName>

/** The way in: families, every operation in one table, and the records that many of them answer with. */
export const indexPage = (): string =>
  page(
    "# Reference",
    `Everything that klingkit knows of Kling's API: ${catalog.length} operations in ${names.length} families, and the ${derivedReads.length} reads that hang off them. Written by \`npm run generate\` from the declarations in \`packages/core\`.`,
    bullets([
      "[Models](models.md): what each can do",
      "[Prices](prices.md): what it costs",
      "[Errors](errors.md): Kling's codes and ours"
    ]),
    "## Families",
    table(
      ["family", "operations", "tool"],
      names.map((family) => {
        const direct = operationsOf(family).flatMap(({ id }) => toolOfOperation[id as OperationId]?.tool ?? [])
        const tools = new Set([...(toolOfFamily[family] === undefined ? [] : [toolOfFamily[family].tool]), ...direct])
        return [
          `[${sentence(family)}](${family}.md)`,
          String(operationsOf(family).length),
          [...tools].map((tool) => code(tool)).join(", ")
        ]
      })
    ),
    "## Operations",
    table(
      ["id", "request", "generation", "paid", "confidence", "what"],
      names.flatMap((family) =>
        operationsOf(family).map((one) => [
          linkTo(`${family}.md`, one.id),
          code(`${one.method} ${one.path}`),
          one.generation,
          one.billed ? "yes" : "",
          isExperimental(one) ? `${one.confidence}, experimental` : one.confidence,
          one.summary
        ])
      )
    ),
    "## Records",
    "Kling's own records, as `call` answers them. The client's `task`, `wait` and `tasks` give one shape for both generations: `Task`.",
    ...recordShapes().map(({ name, shape }) => `${code(name)}:\n\n${fenced("ts", shape)}`)
  )
