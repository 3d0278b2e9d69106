import * as z from "zod"
import type { TaskOutput } from "../wire/task.ts"
import { taskFrom } from "../client/task-answer.ts"
import { Option } from "effect"

/** Where a list of elements or voices begins and how much of it is shown. */
export const pageFields = {
  page: z.int().min(1).max(1000).optional(),
  pageSize: z.int().min(1).max(50).describe("Default 20").optional(),
  presets: z.boolean().describe("Kling's own instead of yours").optional()
}

/** The operation's fields by these, and what stands for those that are left out. */
export const pageOrigins = { pageNum: "page", pageSize: "pageSize" } as const
export const firstPage = { page: 1, pageSize: 20 }

/** An element or a voice that exists. */
export type LibraryEntry = Extract<TaskOutput, { readonly type: "element" | "voice" }>

/** The entries in a list of Kling's task records, without deleted ones. */
export const libraryEntries = (answer: unknown): ReadonlyArray<LibraryEntry> =>
  (Array.isArray(answer) ? answer : []).flatMap((record: unknown) =>
    Option.match(taskFrom(record), {
      onNone: () => [],
      onSome: ({ outputs }) => outputs.filter((output): output is LibraryEntry => isEntry(output) && !isDeleted(output))
    })
  )

const isEntry = ({ type }: TaskOutput): boolean => type === "element" || type === "voice"
const isDeleted = (output: TaskOutput): boolean => "deleted" in output && output.deleted !== undefined && output.deleted
