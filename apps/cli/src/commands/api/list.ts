import { type AnyOperation, catalog, isExperimental } from "@klingkit/core"
import { derivedReads } from "@klingkit/core/internal"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Output } from "../../output/output.ts"
import { type Column, table } from "../../output/table.ts"
import { toggle } from "../toggle.ts"

const columns: ReadonlyArray<Column<AnyOperation>> = [
  { title: "operation", value: ({ id }) => id },
  { title: "method", value: ({ method }) => method },
  { title: "path", value: ({ path }) => path },
  { title: "billed", value: ({ billed }) => (billed ? "billed" : "free") },
  { title: "generation", value: ({ generation }) => generation },
  {
    title: "confidence",
    value: (operation) => (isExperimental(operation) ? "low (experimental)" : operation.confidence)
  },
  { title: "what", value: ({ summary }) => summary }
]

export const list = Command.make(
  "list",
  {
    reads: toggle("reads", "include read operations")
  },
  Effect.fnUntraced(function* ({ reads }) {
    const output = yield* Output
    const listed = reads ? [...catalog, ...derivedReads] : catalog
    yield* output.answer({
      json: listed.map(({ id, method, path, billed, generation, confidence, summary }) => ({
        id,
        method,
        path,
        billed,
        generation,
        confidence,
        summary
      })),
      text: table(listed, columns, output.stdoutIsTerminal)
    })
  })
).pipe(
  Command.withDescription("List the operations of Kling's API"),
  Command.withExamples([
    { command: "klingkit api list" },
    { command: "klingkit api list --json | jq -r '.[] | select(.billed) | .id'", description: "Only billed operations" }
  ])
)
