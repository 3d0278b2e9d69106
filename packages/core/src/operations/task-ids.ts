import type { Rule } from "../params/check-input.ts"
import { string } from "../params/param.ts"

const ids = "comma-separated, at most 20 (measured); exactly one of taskIds and externalTaskIds"

/** Which tasks to read, for `/tasks` and `/solutions`. */
export const taskIdParams = {
  taskIds: string("task_ids", { notes: ids }),
  externalTaskIds: string("external_task_ids", { notes: ids })
}

export const taskIdRules: ReadonlyArray<Rule<{ readonly taskIds?: string; readonly externalTaskIds?: string }>> = [
  {
    name: "one-kind-of-id",
    field: "taskIds",
    check: (input) =>
      (input.taskIds === undefined) === (input.externalTaskIds === undefined)
        ? "or {externalTaskIds}: pass exactly one of the two"
        : undefined
  },
  {
    name: "at-most-20-ids",
    field: "taskIds",
    check: (input) =>
      (input.taskIds ?? input.externalTaskIds ?? "").split(",").length > 20
        ? "accepts at most 20 ids per call"
        : undefined
  }
]
