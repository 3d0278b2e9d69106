import { type CallbackError, readCallback, type SignedCallback, verifyCallback } from "@klingkit/core"
import { Clock, Effect } from "effect"
import { Account } from "../accounts/account.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

/**
 * Verifies a callback of Kling, applies it to its job and notifies those in this process who wait for that job. Late,
 * repeated and out-of-order callbacks change nothing. Returns whether the callback concerns a job.
 */
export const receiveCallback = Effect.fn("Jobs.receiveCallback")(function* (
  callback: Omit<SignedCallback, "nowMs">
): Effect.fn.Return<boolean, CallbackError | LedgerError, Account | Ledger | Snapshots> {
  const ledger = yield* Ledger
  yield* verifyCallback({ ...callback, nowMs: yield* Clock.currentTimeMillis })
  const { task } = yield* readCallback(callback.body)
  const account = yield* Account.use(({ current }) => current)
  const record = yield* ledger.markCallbackReceived(account, task.externalId ?? task.id).pipe(
    // Kling calls back for all tasks of the account, including those of other programs.
    Effect.catchReason("LedgerError", "NotFound", () => Effect.succeed(undefined))
  )
  if (record === undefined) return false
  // A different task with the same external id does not affect this job.
  if (record.taskId !== undefined && record.taskId !== task.id) return false
  yield* Snapshots.use((snapshots) => snapshots.apply(record, task))
  return true
})
