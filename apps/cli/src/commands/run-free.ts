import type { Plan } from "@klingkit/core"
import {
  type AnyRequest,
  isPipeline,
  type LibraryEntry,
  libraryEntries,
  type PipelinePlan,
  toPlan
} from "@klingkit/core/requests"
import { Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { connection } from "../connection.ts"
import { Output } from "../output/output.ts"
import { table } from "../output/table.ts"

/** Lists or deletes, which is free, and prints what Kling answers. */
export const runFree = Effect.fnUntraced(function* (request: AnyRequest, plan: Plan | PipelinePlan) {
  const output = yield* Output
  const { operation, input } = isPipeline(plan) ? toPlan(plan) : plan
  const result = yield* Jobs.use((jobs) => jobs.run(plan)).pipe(Effect.provide(connection))
  if (request.result === "deleted") {
    const [deleted] = Object.values(input)
    return yield* output.answer({ json: { deleted }, text: `Deleted ${operation.family} ${String(deleted)}.` })
  }
  const entries = result._tag === "Answer" ? libraryEntries(result.answer) : []
  yield* output.answer({ json: entries, text: table(entries, columns(operation.family), output.stdoutIsTerminal) })
})

const columns = (kind: string) => [
  { title: kind, value: ({ id }: LibraryEntry) => id },
  { title: "name", value: ({ name }: LibraryEntry) => name },
  { title: "owner", value: ({ ownedBy }: LibraryEntry) => ownedBy },
  {
    title: "about",
    value: (entry: LibraryEntry) => (entry.type === "element" ? entry.description : entry.url)
  }
]
