import { operation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { choice, integer, list, records, text } from "../params/param.ts"
import { free } from "../prices/quote.ts"
import { NewTask, NewTaskPage } from "../wire/new-task.ts"
import { Schema } from "effect"

const read = { kind: "read", billed: false, price: () => free, usualSeconds: () => 0 } as const
const ids = "comma-separated, at most 20 (measured); exactly one of taskIds and externalTaskIds"

/** Which tasks to read: of `/tasks` and of `/solutions`. */
export const taskIdParams = {
  taskIds: text("task_ids", { notes: ids }),
  externalTaskIds: text("external_task_ids", { notes: ids })
}

export const taskIdRules: ReadonlyArray<Rule<{ readonly taskIds?: string; readonly externalTaskIds?: string }>> = [
  {
    name: "one-kind-of-id",
    field: "taskIds",
    check: (input) =>
      (input.taskIds === undefined) === (input.externalTaskIds === undefined)
        ? "or externalTaskIds: give exactly one of the two"
        : undefined
  },
  {
    name: "at-most-20-ids",
    field: "taskIds",
    check: (input) =>
      (input.taskIds ?? input.externalTaskIds ?? "").split(",").length > 20 ? "at most 20 ids a call" : undefined
  }
]

export const getTasks = operation({
  ...read,
  id: "new.tasks.get",
  summary: "Up to 20 tasks by id, of both generations; unknown ids are missing from the answer",
  family: "tasks",
  method: "GET",
  path: "/tasks",
  since: "2026-06-17",
  params: taskIdParams,
  rules: taskIdRules,
  output: Schema.Array(NewTask)
})

export const listTasks = operation({
  ...read,
  id: "new.tasks.list",
  summary: "Tasks of the last 30 days, newest first, page by page. A read in spite of its verb",
  family: "tasks",
  path: "/tasks",
  since: "2026-06-17",
  params: {
    startTime: integer("start_time", { notes: "ms since 1970; default 30 days before the end" }),
    endTime: integer("end_time", { notes: "ms since 1970; default now" }),
    cursor: text("cursor", { notes: "overrides every other parameter" }),
    limit: integer("limit", { min: 1, max: 500, default: 100 }),
    filters: records(
      "filters[]",
      {
        key: choice("key", ["status", "product_type"], { required: true }),
        values: list("values", text("", {}), { min: 1 })
      },
      { notes: "values of one key are ORed, keys are ANDed" }
    )
  },
  output: NewTaskPage
})
