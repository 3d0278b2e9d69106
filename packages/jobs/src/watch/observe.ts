import type { Task } from "@klingkit/core"
import { Effect } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import type { JobState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { JobChanges } from "../ledger/transition-job.ts"

/**
 * Writes down what Kling has shown of a job's task, and answers the row as it is then. Only steps forward are taken: an
 * old answer that comes late, or another program that was quicker, changes nothing.
 */
export const observe = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  record: JobRecord,
  task: Task
): Effect.fn.Return<JobRecord> {
  const { handle, principal, createdAt } = record
  let latest = record
  const step = Effect.fnUntraced(function* (from: ReadonlyArray<JobState>, to: JobState, changes: JobChanges) {
    if (!from.includes(latest.state)) return
    latest = yield* ledger.transition(handle, from, to, changes).pipe(
      // Another was quicker: what it wrote counts.
      Effect.catch(() => Effect.orElseSucceed(ledger.get(handle, principal), () => latest))
    )
  })
  const isSensible = task.updatedAt !== undefined && task.updatedAt >= createdAt
  const results = {
    taskId: task.id,
    outputs: task.outputs,
    charges: task.charges,
    ...(isSensible ? { endedAt: task.updatedAt } : {})
  }
  // Kling shows it, so it was accepted, whether or not its answer has arrived here.
  yield* step(["SENDING", "IN_DOUBT", "UNKNOWN"], "ACCEPTED", { taskId: task.id })
  if (task.status === "processing") yield* step(["ACCEPTED"], "RUNNING", { taskId: task.id })
  if (task.status === "succeed") yield* step(["ACCEPTED", "RUNNING"], "SUCCEEDED", results)
  if (task.status === "failed") {
    const message = task.message ?? "Kling gave no reason"
    yield* step(["ACCEPTED", "RUNNING"], "FAILED", { ...results, message })
  }
  return latest
})
