import { findOperation } from "@klingkit/core"
import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import { Account } from "../accounts/account.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { nextPollAt, pollWithCallbacksMillis } from "../snapshots/poll-schedule.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

/** Asks Kling about the running tasks of the account, of any principal, whose next poll is due. */
export const pollDue: Effect.Effect<void, LedgerError, Account | Ledger | Snapshots> = Effect.gen(function* () {
  const ledger = yield* Ledger
  const account = yield* Account.use(({ current }) => current)
  const now = yield* Clock.currentTimeMillis
  // Kling has deleted what is older.
  const after = now - resultRetentionMillis
  const running = yield* ledger.unfinished({ states: ["ACCEPTED", "RUNNING"], account, after })
  const due = running.filter((record) => isDue(record, now)).map(({ handle }) => handle)
  if (due.length > 0) yield* Snapshots.use((snapshots) => snapshots.pollBatch(due))
})

const isDue = (record: JobRecord, now: number): boolean => {
  const { sentAt, createdAt, polledAt, callbackReceivedAt, operation } = record
  const since = sentAt ?? createdAt
  // Guards against clock skew: timestamps in the future are ignored.
  const last = Math.min(now, Math.max(polledAt ?? since, callbackReceivedAt ?? since))
  if (callbackReceivedAt !== undefined) return now - last >= pollWithCallbacksMillis
  const declared = findOperation(operation)
  const expectedSeconds = record.expectedSeconds ?? declared?.expectedSeconds(declared.example) ?? 60
  return nextPollAt(since, expectedSeconds, last) <= now
}
