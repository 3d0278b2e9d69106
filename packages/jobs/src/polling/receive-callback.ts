import { type CallbackError, readCallback, type SignedCallback, verifyCallback } from "@klingkit/core"
import { Clock, Effect } from "effect"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { applyAndNotify, type Listeners } from "./snapshot.ts"

/**
 * Verifies a callback of Kling, applies it to its job and notifies those in this process who wait for that job. Late,
 * repeated and out-of-order callbacks change nothing. Returns whether the callback concerns a job.
 */
export const receiveCallback = Effect.fn("Jobs.receiveCallback")(function* (
  ledger: Ledger["Service"],
  listeners: Listeners,
  account: string,
  callback: Omit<SignedCallback, "nowMs">
): Effect.fn.Return<boolean, CallbackError | LedgerError> {
  yield* verifyCallback({ ...callback, nowMs: yield* Clock.currentTimeMillis })
  const { task } = yield* readCallback(callback.body)
  const record = yield* ledger.markCallbackReceived(account, task.externalId ?? task.id).pipe(
    // Kling calls back for all tasks of the account, including those of other programs.
    Effect.catchReason("LedgerError", "NotFound", () => Effect.succeed(undefined))
  )
  if (record === undefined) return false
  // A different task with the same external id does not affect this job.
  if (record.taskId !== undefined && record.taskId !== task.id) return false
  yield* applyAndNotify(listeners, ledger, record, task)
  return true
})
