import { Kling, type Plan } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { type LibraryEntry, libraryEntries } from "@klingkit/core/requests"
import { Effect } from "effect"
import * as z from "zod"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolEffect, ToolResult } from "../tool.ts"
import { truncateToBudget } from "./truncate-to-budget.ts"
import { submitPlan, submitSchema } from "./submit-result.ts"

const entrySchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  owner: z.string().optional(),
  url: z.string().optional()
})

/** The result of an element or voice library: its entries, a task that creates one, or the deleted id. */
export const librarySchema = submitSchema.partial().extend({
  entries: z.array(entrySchema).optional(),
  deleted: z.string().optional()
})

type Data = z.output<typeof librarySchema>

/** Starts what creates; lists and deletes at once. */
export const runLibrary =
  (kind: string) =>
  (plan: Plan, summary: string, paid: PaidArguments): ToolEffect<Data> => {
    const { operation, input } = plan
    if (operation.kind === "create") return submitPlan(plan, summary, paid)
    const called: ToolEffect<Data> = Effect.map(
      Kling.use((kling) => kling.call(operation, input)),
      (answer: unknown) =>
        operation.kind === "delete"
          ? deletedEntry(kind, String(Object.values(input)[0]))
          : listedEntries(answer, Number(input["pageNum"]))
    )
    return called
  }

/** The entries on a page of Kling's task records, without deleted ones. */
const listedEntries = (answer: unknown, page: number): ToolResult<Data> => {
  const all = libraryEntries(answer).map(entryOf)
  const entries = truncateToBudget(all, (entry) => [entry, linesOf(entry)])
  const left = all.length - entries.length
  const warnings = left === 0 ? [] : [`${left} entries of this page are not shown; use a smaller page_size.`]
  return {
    structured: { entries: [...entries], ...(left === 0 ? {} : { warnings }) },
    lines: [
      entries.length === 0 ? `Nothing on page ${page}.` : `Page ${page}:`,
      ...entries.flatMap(linesOf),
      ...warnings.map((warning) => `Warning: ${warning}`)
    ]
  }
}

const linesOf = ({ id, name, description, owner, url }: z.output<typeof entrySchema>): ReadonlyArray<string> => [
  `- ${id}: ${name ?? "unnamed"}${owner === undefined ? "" : ` (of ${owner})`}${description === undefined ? "" : `, ${description}`}`,
  ...(url === undefined ? [] : [`  URL: ${url}`])
]

const entryOf = (output: LibraryEntry): z.output<typeof entrySchema> => {
  const { id, name, ownedBy } = output
  return {
    id,
    ...(name === undefined ? {} : { name: sanitizeText(name, 40) }),
    ...(ownedBy === undefined ? {} : { owner: sanitizeText(ownedBy, 40) }),
    ...(output.type === "element" && output.description !== undefined
      ? { description: sanitizeText(output.description, 120) }
      : {}),
    ...(output.type === "voice" && output.url !== undefined && output.url !== "" ? { url: output.url } : {})
  }
}

const deletedEntry = (kind: string, id: string): ToolResult<Data> => ({
  structured: { deleted: id },
  lines: [`Deleted ${kind} ${id}.`]
})
