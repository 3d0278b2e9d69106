import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { isHeld } from "./leases.ts"

/** A request as those see it who want the same parallel places: one lane is an account's, of one model and pack. */
export interface LaneEntry {
  readonly handle: string
  readonly principal: string
  /** How many places its task takes. */
  readonly slots: number
  readonly createdAt: number
  /** Absent while it waits. */
  readonly sentAt?: number
  readonly usualSeconds?: number
  readonly lookedAt?: number
}

/** Who holds places, as far as this ledger knows: others may use the account too. And who waits for one, oldest first. */
export interface Lane {
  readonly running: ReadonlyArray<LaneEntry>
  readonly waiting: ReadonlyArray<LaneEntry>
}

/** A task that nobody has looked at for so long has ended by now. */
const longestRunMillis = 3_600_000

/** The lane as it is. Whose process has died does not stand in line any more. */
export const readLane = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  account: string,
  lane: string
): Effect.fn.Return<Lane, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const rows =
    yield* sql`SELECT handle, principal, state, slots, created_at, sent_at, usual_seconds, looked_at FROM klingkit_jobs
    WHERE account = ${account} AND lane = ${lane} AND (
      (state IN ('SENDING', 'IN_DOUBT', 'ACCEPTED', 'RUNNING') AND sent_at > ${now - longestRunMillis})
      OR (state = 'INTENT' AND queued_at IS NOT NULL AND ${isHeld(database, now)}))
    ORDER BY created_at, handle`
  return {
    running: rows.filter((row) => row["state"] !== "INTENT").map(entryOf),
    waiting: rows.filter((row) => row["state"] === "INTENT").map(entryOf)
  }
})

const entryOf = (row: Readonly<Record<string, unknown>>): LaneEntry => ({
  handle: String(row["handle"]),
  principal: String(row["principal"]),
  slots: Number(row["slots"] ?? 1),
  createdAt: Number(row["created_at"]),
  ...(row["sent_at"] === null || row["state"] === "INTENT" ? {} : { sentAt: Number(row["sent_at"]) }),
  ...(row["usual_seconds"] === null ? {} : { usualSeconds: Number(row["usual_seconds"]) }),
  ...(row["looked_at"] === null ? {} : { lookedAt: Number(row["looked_at"]) })
})
