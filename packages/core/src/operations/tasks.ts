import { Schema } from "effect"
import { resultRetentionDays } from "../kling-facts.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, array, objectArray, string } from "../params/param.ts"
import { NewTask, NewTaskPage } from "../wire/new-task.ts"
import { freeRead } from "./free-calls.ts"
import { taskIdParams, taskIdRules } from "./task-ids.ts"

export const getTasks = operation({
  ...freeRead,
  id: "new.tasks.get",
  summary: "Up to 20 tasks by id, of both generations; unknown ids are missing from the response",
  family: "tasks",
  method: "GET",
  path: "/tasks",
  since: "2026-06-17",
  params: taskIdParams,
  rules: taskIdRules,
  output: Schema.Array(NewTask),
  example: { taskIds: "893605946402811985" }
})

export const listTasks = operation({
  ...freeRead,
  id: "new.tasks.list",
  summary: `Tasks of the last ${resultRetentionDays} days, newest first, paged. A read, although it is a POST`,
  family: "tasks",
  path: "/tasks",
  since: "2026-06-17",
  params: {
    startTime: integer("start_time", { notes: `ms since 1970; default ${resultRetentionDays} days before the end` }),
    endTime: integer("end_time", { notes: "ms since 1970; default now" }),
    cursor: string("cursor", { notes: "overrides every other parameter" }),
    limit: integer("limit", { min: 1, max: 500, default: 100 }),
    filters: objectArray(
      "filters[]",
      {
        key: enumOf("key", ["status", "product_type"], { required: true }),
        values: array("values", string("", {}), { min: 1 })
      },
      { notes: "values of one key are ORed, keys are ANDed" }
    )
  },
  output: NewTaskPage,
  example: { limit: 20, filters: [{ key: "status", values: ["processing"] }] }
})
