import { type TaskOutput, taskFrom, untrustedText } from "@klingkit/core"
import { Option } from "effect"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { fitting } from "./fitting.ts"
import { submitFacts } from "./submit-result.ts"

const entryFacts = z.object({
  id: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  owner: z.string().optional(),
  url: z.string().optional()
})

/** What a library of elements or voices answers: its entries, a task that makes one, or the id that was deleted. */
export const libraryFacts = submitFacts.partial().extend({
  entries: z.array(entryFacts).optional(),
  deleted: z.string().optional()
})

type Facts = z.output<typeof libraryFacts>

export const librarySettings = {
  page: z.int().min(1).max(1000).optional().describe("list, presets"),
  page_size: z.int().min(1).max(50).optional().describe("Default 20")
}

/** The entries on a page of Kling's task records; deleted ones are left out. */
export const listedEntries = (answer: unknown, page: number): ToolResult<Facts> => {
  const records: ReadonlyArray<unknown> = Array.isArray(answer) ? answer : []
  const all = records.flatMap((record) =>
    Option.match(taskFrom(record), { onNone: () => [], onSome: (task) => task.outputs.flatMap(entryOf) })
  )
  const entries = fitting(all, (entry) => [entry, linesOf(entry)])
  const left = all.length - entries.length
  const warnings = left === 0 ? [] : [`${left} entries of this page are not shown; ask with a smaller page_size.`]
  return {
    facts: { entries: [...entries], ...(left === 0 ? {} : { warnings }) },
    lines: [
      entries.length === 0 ? `Nothing on page ${page}.` : `Page ${page}:`,
      ...entries.flatMap(linesOf),
      ...warnings.map((warning) => `Warning: ${warning}`)
    ]
  }
}

const linesOf = ({ id, name, description, owner, url }: z.output<typeof entryFacts>): ReadonlyArray<string> => [
  `- ${id}: ${name ?? "without a name"}${owner === undefined ? "" : ` (of ${owner})`}${description === undefined ? "" : `, ${description}`}`,
  ...(url === undefined ? [] : [`  URL: ${url}`])
]

const entryOf = (output: TaskOutput): ReadonlyArray<z.output<typeof entryFacts>> => {
  if ((output.type !== "voice" && output.type !== "element") || output.deleted === true) return []
  const { id, name, ownedBy } = output
  return [
    {
      id,
      ...(name === undefined ? {} : { name: untrustedText(name, 40) }),
      ...(ownedBy === undefined ? {} : { owner: untrustedText(ownedBy, 40) }),
      ...(output.type === "element" && output.description !== undefined
        ? { description: untrustedText(output.description, 120) }
        : {}),
      ...(output.type === "voice" && output.url !== undefined && output.url !== "" ? { url: output.url } : {})
    }
  ]
}

export const deletedEntry = (what: string, id: string): ToolResult<Facts> => ({
  facts: { deleted: id },
  lines: [`The ${what} ${id} was deleted.`]
})
