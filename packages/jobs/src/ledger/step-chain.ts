import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { knownMicros } from "./begin-chain.ts"
import { type BudgetLimits, checkBudget, dayOf } from "./budget.ts"
import { type ChainRecord, type ChainState, readChain } from "./chain-record.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"

/** The chain of a handle. Another's answers as one that does not exist. */
export const getChain = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  principal: string
): Effect.fn.Return<ChainRecord, LedgerError | SqlError> {
  const [row] = isStorable(handle)
    ? yield* sql`SELECT * FROM klingkit_chains WHERE handle = ${handle} AND principal = ${principal}`
    : []
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readChain(row)
})

export interface ChainFilter {
  readonly principal: string
  readonly account?: string
  readonly states?: ReadonlyArray<ChainState>
  /** 20 when absent. */
  readonly limit?: number
}

/** Chains, newest first. */
export const listChains = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  { principal, account, states, limit = 20 }: ChainFilter
): Effect.fn.Return<ReadonlyArray<ChainRecord>, LedgerError | SqlError> {
  const conditions = [
    sql`principal = ${principal}`,
    ...(account === undefined ? [] : [sql`account = ${account}`]),
    ...(states === undefined ? [] : [sql.in("state", states)])
  ]
  const rows = yield* sql`SELECT * FROM klingkit_chains WHERE ${sql.and(conditions)}
    ORDER BY created_at DESC, handle DESC LIMIT ${limit}`
  return yield* Effect.forEach(rows, readChain)
})

/** The jobs of a chain's steps, in the order in which they were begun. */
export const jobsOfChain = ({ sql }: LedgerDatabase["Service"], handle: string) =>
  sql`SELECT * FROM klingkit_jobs WHERE chain = ${handle} ORDER BY created_at, handle`.pipe(
    Effect.flatMap((rows) => Effect.forEach(rows, readOneRow))
  )

/** Ends a chain as the one that was resumed so often; what was set aside is free again. */
export const endChain = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { handle, resumes }: ChainRecord,
  state: "STOPPED" | "SUCCEEDED",
  message?: string
): Effect.fn.Return<void, LedgerError | SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const columns = {
    state,
    message: message === undefined ? null : storable(message),
    reserved_micros: 0,
    updated_at: now,
    finished_at: now
  }
  yield* database.together(
    Effect.gen(function* () {
      const ended = yield* sql`UPDATE klingkit_chains SET ${sql.update(columns)}
        WHERE handle = ${handle} AND state = 'RUNNING' AND resumes = ${resumes} RETURNING handle`
      if (ended.length > 0 && state === "SUCCEEDED") yield* sql`DELETE FROM klingkit_bodies WHERE handle = ${handle}`
    })
  )
})

export interface Resume {
  /** A step of which nobody knows whether it was charged may be paid again. */
  readonly repeatUnknown?: boolean
  readonly limits?: BudgetLimits
}

/** Lets a stopped chain go on; what it still needs is set aside again, within the limits. Others stay as they are. */
export const resumeChain = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { handle, principal, account }: ChainRecord,
  { repeatUnknown = false, limits = {} }: Resume
): Effect.fn.Return<ChainRecord, LedgerError | SqlError> {
  const { sql } = database
  return yield* database.alone(
    Effect.gen(function* () {
      const chain = yield* getChain(database, handle, principal)
      if (chain.state !== "STOPPED") return chain
      const now = yield* Clock.currentTimeMillis
      const paid = new Set((yield* jobsOfChain(database, handle)).flatMap(paidStep(repeatUnknown)))
      const reserved = knownMicros(chain.steps.filter(({ id }) => !paid.has(id)))
      // The price of the whole was held against the limit per call when it began.
      const { maxUsdPerDay } = limits
      const { atMost: _atMost, ...whole } = chain.quote
      const quote = { ...whole, priceUsd: reserved / 1e6 }
      if (maxUsdPerDay !== undefined) {
        yield* checkBudget(database, { principal, account, quote, limits: { maxUsdPerDay }, day: dayOf(now) })
      }
      const resumes = chain.resumes + 1
      const columns = {
        state: "RUNNING",
        message: null,
        resumes,
        reserved_micros: reserved,
        reserved_day: dayOf(now),
        updated_at: now,
        finished_at: null,
        ...(repeatUnknown ? { repeats_unknown: resumes } : {})
      }
      const [row] = yield* sql`UPDATE klingkit_chains SET ${sql.update(columns)} WHERE handle = ${handle} RETURNING *`
      return row === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readChain(row)
    })
  )
})

const paidStep =
  (repeatsUnknown: boolean) =>
  ({ step, state }: JobRecord): ReadonlyArray<string> => {
    const isTriedAgain = state === "REFUSED" || state === "FAILED" || (state === "UNKNOWN" && repeatsUnknown)
    return step === undefined || isTriedAgain ? [] : [step]
  }
