import { type CallbackError, readCallback, type SignedCallback, verifyCallback } from "@klingkit/core"
import { Clock, Effect } from "effect"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { takeIn, type Told } from "./sight.ts"

/**
 * What a call of Kling says about a job, once its signature has been checked, and whoever waits for that job in this
 * process is woken. One that comes late, twice or out of order changes nothing. Answers whether a job was concerned.
 */
export const receiveCallback = Effect.fn("Jobs.receiveCallback")(function* (
  ledger: Ledger["Service"],
  watching: Told,
  account: string,
  callback: Omit<SignedCallback, "nowMs">
): Effect.fn.Return<boolean, CallbackError | LedgerError> {
  yield* verifyCallback({ ...callback, nowMs: yield* Clock.currentTimeMillis })
  const { task } = yield* readCallback(callback.body)
  const record = yield* ledger.markCalled(account, task.externalId ?? task.id).pipe(
    // Kling calls for every task of the account, whoever made it.
    Effect.catchReason("LedgerError", "NotFound", () => Effect.succeed(undefined))
  )
  if (record === undefined) return false
  // Another task under the same id: what is known of this one stays.
  if (record.taskId !== undefined && record.taskId !== task.id) return false
  yield* takeIn(watching, ledger, record, task)
  return true
})
