import type { Task } from "@klingkit/core"
import { Effect } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"

/**
 * Writes down what a look at Kling has shown. Only steps forward are taken: an old answer that comes late, or another
 * program that was quicker, changes nothing.
 */
export const observe = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  record: JobRecord,
  task: Task
): Effect.fn.Return<void> {
  const { handle, state, createdAt } = record
  const isSensible = task.updatedAt !== undefined && task.updatedAt >= createdAt
  const results = {
    taskId: task.id,
    outputs: task.outputs,
    charges: task.charges,
    ...(isSensible ? { endedAt: task.updatedAt } : {})
  }
  if (state === "UNKNOWN") yield* Effect.ignore(ledger.transition(handle, ["UNKNOWN"], "ACCEPTED", { taskId: task.id }))
  switch (task.status) {
    case "processing":
      if (state !== "RUNNING")
        yield* Effect.ignore(ledger.transition(handle, ["ACCEPTED"], "RUNNING", { taskId: task.id }))
      return
    case "succeed":
      return yield* Effect.ignore(ledger.transition(handle, ["ACCEPTED", "RUNNING"], "SUCCEEDED", results))
    case "failed": {
      const message = task.message ?? "Kling gave no reason"
      return yield* Effect.ignore(ledger.transition(handle, ["ACCEPTED", "RUNNING"], "FAILED", { ...results, message }))
    }
    default:
      return
  }
})
