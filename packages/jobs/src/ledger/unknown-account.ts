import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { relationBetween } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** Rows that would be the same request, if they were of the same account. */
interface SameElsewhere {
  readonly by: "key" | "request"
  readonly table: "klingkit_jobs" | "klingkit_pipelines"
  readonly where: Fragment
}

/** Refuses a request that was made with another credential, if that may be of this very account: to pay would be a guess. */
export const refuseUnknownAccount = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { principal, account }: { readonly principal: string; readonly account: string },
  { by, table, where }: SameElsewhere
): Effect.fn.Return<void, LedgerError | SqlError> {
  const { sql } = database
  const rows = yield* sql<{ handle: string; account: string }>`SELECT account, MAX(handle) AS handle FROM ${sql(table)}
    WHERE principal = ${principal} AND account <> ${account} AND ${where} GROUP BY account`
  for (const row of rows) {
    const relation = yield* relationBetween(database, account, row.account)
    if (relation === "unknown") return yield* ledgerError({ _tag: "AccountUnknown", handle: row.handle, by })
  }
})
