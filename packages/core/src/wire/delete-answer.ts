import { Schema } from "effect"
import { maybe, WireId } from "./fields.ts"

/** What a delete answers: nothing, the id and status of a task, or a whole task record (measured). Code 0 is what counts. */
export const DeleteAnswer = Schema.UndefinedOr(
  Schema.NullOr(
    Schema.Struct({
      task_id: maybe(WireId),
      task_status: maybe(Schema.String),
      task_result: maybe(Schema.Unknown)
    })
  )
)
