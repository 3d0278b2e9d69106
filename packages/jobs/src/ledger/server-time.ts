import { Clock, Effect } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** Between two readings the time of this machine passes, however its clock is set. */
const readEveryMillis = 60_000

/** The time of PostgreSQL's server, in milliseconds since 1970: behind by what the answer took, never ahead. */
export const makeServerTime = (sql: SqlClient): Effect.Effect<number, SqlError> => {
  const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
  let last = { server: 0, at: -Infinity }
  return Effect.gen(function* () {
    if ((yield* monotonicMillis) - last.at >= readEveryMillis) {
      const [row] = yield* sql`SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now`
      last = { server: Number(row?.["now"]), at: yield* monotonicMillis }
    }
    return last.server + (yield* monotonicMillis) - last.at
  })
}
