import type { Take } from "@klingkit/jobs"
import { formatError } from "./format-error.ts"

interface TakeData {
  readonly take: number
  readonly task_id: string
  readonly status: string
  readonly repeated: boolean
  readonly error?: string
  readonly charged?: string
}

/** One of several takes as data. What was not made says why, and whether it was charged. */
export const structuredTake = ({ take, handle, job, error }: Take): TakeData => ({
  take,
  task_id: handle,
  status: job?.task.status ?? (error?.wasCharged === "no" ? "failed" : "unknown"),
  repeated: job?.isDuplicate === true,
  ...(error === undefined ? {} : { error: error.message, charged: error.wasCharged })
})

/** The same as text. */
export const takeLines = (take: Take): ReadonlyArray<string> => {
  const { task_id, status, repeated } = structuredTake(take)
  const { error } = take
  return [
    `Take ${take.take}${repeated ? ", made before" : ""}`,
    `Task ID: ${task_id}`,
    `Status: ${status}`,
    ...(error === undefined ? [] : formatError({ charged: true }, error, { withTaskId: false }).lines)
  ]
}
