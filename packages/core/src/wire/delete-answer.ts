import { Schema } from "effect"
import { maybe, WireId } from "./fields.ts"

/** The response to a delete: nothing, the id and status of a task, or a whole task (measured). Only code 0 matters. */
export const DeleteAnswer = Schema.UndefinedOr(
  Schema.NullOr(
    Schema.Struct({
      task_id: maybe(WireId),
      task_status: maybe(Schema.String),
      task_result: maybe(Schema.Unknown)
    })
  )
)
