import { type TaskOutput, taskFrom, sanitizeText } from "@klingkit/core"
import { Option } from "effect"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
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

export const librarySettings = {
  page: z.int().min(1).max(1000).optional().describe("list, presets"),
  page_size: z.int().min(1).max(50).optional().describe("Default 20")
}

/** The entries on a page of Kling's task records, without deleted ones. */
export const listedEntries = (answer: unknown, page: number): ToolResult<Data> => {
  const records: ReadonlyArray<unknown> = Array.isArray(answer) ? answer : []
  const all = records.flatMap((record) =>
    Option.match(taskFrom(record), { onNone: () => [], onSome: (task) => task.outputs.flatMap(entryOf) })
  )
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

const entryOf = (output: TaskOutput): ReadonlyArray<z.output<typeof entrySchema>> => {
  if ((output.type !== "voice" && output.type !== "element") || output.deleted === true) return []
  const { id, name, ownedBy } = output
  return [
    {
      id,
      ...(name === undefined ? {} : { name: sanitizeText(name, 40) }),
      ...(ownedBy === undefined ? {} : { owner: sanitizeText(ownedBy, 40) }),
      ...(output.type === "element" && output.description !== undefined
        ? { description: sanitizeText(output.description, 120) }
        : {}),
      ...(output.type === "voice" && output.url !== undefined && output.url !== "" ? { url: output.url } : {})
    }
  ]
}

export const deletedEntry = (kind: string, id: string): ToolResult<Data> => ({
  structured: { deleted: id },
  lines: [`Deleted ${kind} ${id}.`]
})
