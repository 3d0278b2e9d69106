import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { isHeld } from "./leases.ts"

/** A request among those that compete for the same concurrency slots: a queue key is one account's model and pack. */
export interface QueueEntry {
  readonly handle: string
  readonly principal: string
  /** How many slots its task uses. */
  readonly slots: number
  readonly createdAt: number
  /** Absent while it waits. */
  readonly sentAt?: number
  readonly expectedSeconds?: number
  readonly polledAt?: number
}

/** Which requests hold slots, as far as this ledger knows (others may use the account too), and which wait, oldest first. */
export interface QueueState {
  readonly running: ReadonlyArray<QueueEntry>
  readonly waiting: ReadonlyArray<QueueEntry>
}

/** A task sent longer ago than this is assumed to have ended. */
export const maxRunMillis = 3_600_000

/** The state of a queue key. Requests whose process has died no longer wait. */
export const readQueue = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  account: string,
  queueKey: string
): Effect.fn.Return<QueueState, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const rows =
    yield* sql`SELECT handle, principal, state, slots, created_at, sent_at, expected_seconds, polled_at FROM klingkit_jobs
    WHERE ${ofAccount(database, account)} AND queue_key = ${queueKey} AND (
      (state IN ('SENDING', 'IN_DOUBT', 'ACCEPTED', 'RUNNING') AND sent_at > ${now - maxRunMillis})
      OR (state = 'INTENT' AND queued_at IS NOT NULL AND ${isHeld(database, yield* database.leaseTime)}))
    ORDER BY created_at, handle`
  return {
    running: rows.filter((row) => row["state"] !== "INTENT").map(entryOf),
    waiting: rows.filter((row) => row["state"] === "INTENT").map(entryOf)
  }
})

const entryOf = (row: Readonly<Record<string, unknown>>): QueueEntry => ({
  handle: String(row["handle"]),
  principal: String(row["principal"]),
  slots: Number(row["slots"] ?? 1),
  createdAt: Number(row["created_at"]),
  ...(row["sent_at"] === null || row["state"] === "INTENT" ? {} : { sentAt: Number(row["sent_at"]) }),
  ...(row["expected_seconds"] === null ? {} : { expectedSeconds: Number(row["expected_seconds"]) }),
  ...(row["polled_at"] === null ? {} : { polledAt: Number(row["polled_at"]) })
})
