import type { Task } from "@klingkit/core"
import { Effect, Equal } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import type { JobState } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import { missingResults } from "../ledger/missing-results.ts"
import type { JobChanges } from "../ledger/transition-job.ts"

/**
 * Persists what Kling reports about a job's task, and returns the updated row. The job only moves forward: a stale answer,
 * or one that another process has already applied, changes nothing.
 */
export const applyTaskUpdate = Effect.fnUntraced(function* (
  record: JobRecord,
  task: Task
): Effect.fn.Return<JobRecord, never, Ledger> {
  const ledger = yield* Ledger
  const { handle, principal, createdAt } = record
  let latest = record
  const step = Effect.fnUntraced(function* (from: ReadonlyArray<JobState>, to: JobState, changes: JobChanges) {
    if (!from.includes(latest.state)) return
    latest = yield* ledger.transition(handle, from, to, changes).pipe(
      // Another process was faster: its update counts.
      Effect.catch(() => Effect.orElseSucceed(ledger.get(handle, principal), () => latest))
    )
  })
  const isPlausible = task.updatedAt !== undefined && task.updatedAt >= createdAt
  const results = {
    taskId: task.id,
    outputs: task.outputs,
    charges: task.charges,
    ...(isPlausible ? { endedAt: task.updatedAt } : {})
  }
  // Kling has the task, so it was accepted, even if the answer to its submission has not arrived.
  yield* step(["SENDING", "IN_DOUBT", "UNKNOWN"], "ACCEPTED", { taskId: task.id })
  if (task.status === "processing") yield* step(["ACCEPTED"], "RUNNING", { taskId: task.id })
  if (task.status === "succeed") yield* step(["ACCEPTED", "RUNNING"], "SUCCEEDED", results)
  if (task.status === "failed") {
    const message = task.message ?? "Kling gave no reason"
    yield* step(["ACCEPTED", "RUNNING"], "FAILED", { ...results, message })
  }
  return task.status === "succeed" ? yield* addLate(latest, task) : latest
})

/** Success may be reported before all results and the bill are: what a later answer adds is kept. */
const addLate = Effect.fnUntraced(function* (
  record: JobRecord,
  task: Task
): Effect.fn.Return<JobRecord, never, Ledger> {
  const { handle, state, outputs, charges, answer } = record
  const hasSucceeded = (state === "SUCCEEDED" || state === "FETCHED") && answer === undefined
  const isSame = Equal.equals(outputs, task.outputs) && (charges.length > 0 || task.charges.length === 0)
  if (!hasSucceeded || (isSame && missingResults(record) === undefined)) return record
  return yield* Effect.orElseSucceed(
    Ledger.use((ledger) => ledger.addLateResults(handle, task)),
    () => record
  )
})
