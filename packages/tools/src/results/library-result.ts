import type { Plan } from "@klingkit/core"
import { sanitizeText } from "@klingkit/core/internal"
import { type LibraryEntry, libraryEntries } from "@klingkit/core/requests"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import type { CallResult } from "./run-plan.ts"
import { truncateToBudget } from "./truncate-to-budget.ts"
import { submitSchema } from "./submit-result.ts"

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

/** What the library answers to a list or a deletion. */
export const libraryResult =
  (kind: string) =>
  ({ operation, input }: Plan, called: CallResult): ToolResult<Data> => {
    if (operation.kind === "delete") return deletedEntry(kind, String(Object.values(input)[0]))
    return listedEntries(called._tag === "Answer" ? called.answer : undefined, Number(input["pageNum"]))
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
