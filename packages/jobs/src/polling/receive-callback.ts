import { type CallbackError, readCallback, type SignedCallback, verifyCallback } from "@klingkit/core"
import { Clock, Effect, Result } from "effect"
import { Account } from "../accounts/account.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

export interface Callback extends Omit<SignedCallback, "nowMs"> {
  /** It came to an address that was given to Kling alone, for this job. */
  readonly addressedTo?: string
}

/**
 * Verifies a callback of Kling, applies it to its job and wakes those who wait for that job, in every program on the ledger that can hear of it. Late,
 * repeated and out-of-order callbacks change nothing. One without a signature, at the address of its job, only says that there
 * is something to read: Kling is asked. Returns whether the callback concerns a job.
 */
export const receiveCallback = Effect.fn("Jobs.receiveCallback")(function* ({
  addressedTo,
  ...callback
}: Callback): Effect.fn.Return<boolean, CallbackError | LedgerError, Account | Ledger | Snapshots> {
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const verified = yield* Effect.result(verifyCallback({ ...callback, nowMs: yield* Clock.currentTimeMillis }))
  const isHint = Result.isFailure(verified) && addressedTo !== undefined && unsigned.has(verified.failure.reason)
  if (Result.isFailure(verified) && !isHint) return yield* verified.failure
  const { task } = yield* readCallback(callback.body)
  const id = task.externalId ?? task.id
  if (addressedTo !== undefined && addressedTo !== id) return false
  const account = yield* Account.use(({ current }) => current)
  const record = yield* ledger.markCallbackReceived(account, id).pipe(
    // Kling calls back for all tasks of the account, including those of other programs.
    Effect.catchReason("LedgerError", "NotFound", () => Effect.succeed(undefined))
  )
  if (record === undefined) return false
  // A different task with the same external id does not affect this job.
  if (record.taskId !== undefined && record.taskId !== task.id) return false
  if (isHint) yield* Effect.ignore(snapshots.poll(record))
  else yield* snapshots.apply(record, task)
  return true
})

/** Whether legacy paths sign is not documented, and without a secret none can. */
const unsigned: ReadonlySet<CallbackError["reason"]> = new Set(["no-secret", "unsigned"])
