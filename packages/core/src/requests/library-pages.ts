import * as z from "zod"
import type { KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import type { Plan } from "../plan/plan.ts"
import type { TaskOutput } from "../wire/task.ts"
import { taskFrom } from "../client/task-answer.ts"
import { type Effect, Option } from "effect"
import { planFields } from "./operation-fields.ts"
import type { PlanContext } from "./plan-context.ts"
import { present } from "./present.ts"

/** Where a list of elements or voices begins and how much of it is shown. */
export const pageFields = {
  page: z.int().min(1).max(1000).optional(),
  pageSize: z.int().min(1).max(50).describe("Default 20").optional(),
  presets: z.boolean().describe("Kling's own instead of yours").optional()
}

type Page = z.output<z.ZodObject<typeof pageFields>>

/** Plans the list of one's own entries, or of Kling's; the first page of 20 unless the input says otherwise. */
export const planPage =
  (own: AnyOperation, presets: AnyOperation) =>
  <E>(input: Page, context: PlanContext<E>): Effect.Effect<Plan, KlingError | E> =>
    planFields(
      input.presets === true ? presets : own,
      { pageNum: "page", pageSize: "pageSize" },
      { page: 1, pageSize: 20, ...present(input) },
      context
    )

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
