import { mostUsd, type Quote, stringifyJson } from "@klingkit/core"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, checkBudget, dayOf, reservedMicros } from "./budget.ts"
import { type ChainRecord, readChain } from "./chain-record.ts"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"

/** Several paid steps before the first is sent. */
export interface ChainIntent {
  readonly handle: string
  readonly principal: string
  readonly account: string
  /** For people: `lip-sync`. */
  readonly name: string
  /** Of the whole: what the approval is bound to, and what makes a chain the same again. */
  readonly fingerprint: string
  readonly quote: Quote
  readonly steps: ChainRecord["steps"]
  /** What any program needs to go on with it. */
  readonly plan: Readonly<Record<string, unknown>>
  /** Of the caller: the same key is the same chain, always. */
  readonly idempotencyKey?: string
  readonly allowRepeat?: boolean
  readonly limits?: BudgetLimits
  readonly approval?: string
}

export interface BegunChain {
  readonly chain: ChainRecord
  readonly isNew: boolean
}

/** Without a key, the same chain within this time is the same one, and as long as it has not succeeded. */
const replayMillis = 120_000

/** Writes a chain down and sets its price aside, within the limits as a whole; or finds the one that it already is. */
export const beginChain = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  intent: ChainIntent
): Effect.fn.Return<BegunChain, LedgerError | SqlError> {
  const { sql } = database
  const { handle, principal, account, fingerprint, quote, steps, limits = {}, approval } = intent
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(intent[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  const body = stringifyJson(intent.plan)
  return yield* database.alone(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const earlier = yield* findChain(database, intent)
      if (earlier !== undefined) return { chain: earlier, isNew: false }
      yield* checkBudget(database, { principal, account, quote: atLeast(quote, steps), limits, day: dayOf(now) })
      if (approval !== undefined) {
        const quoteUsd = mostUsd(quote)
        const price = quoteUsd === undefined ? {} : { quoteUsd }
        yield* consumeApproval(database, approval, { principal, fingerprint, ...price })
      }
      const [row] = yield* sql`INSERT INTO klingkit_chains ${sql
        .insert({
          handle,
          principal,
          account,
          name: storable(intent.name),
          fingerprint,
          idempotency_key: intent.idempotencyKey ?? null,
          quote: JSON.stringify(quote),
          steps: JSON.stringify(steps),
          reserved_micros: knownMicros(steps),
          reserved_day: dayOf(now),
          state: "RUNNING",
          resumes: 0,
          repeats_unknown: 0,
          created_at: now,
          updated_at: now
        })
        .returning("*")}`
      yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
      return { chain: yield* readChain(row as Readonly<Record<string, unknown>>), isNew: true }
    })
  )
})

/** The chain that an intent already is, if any. */
export const findChain = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  { principal, account, fingerprint, idempotencyKey, allowRepeat }: ChainIntent
): Effect.fn.Return<ChainRecord | undefined, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const purse = sql`principal = ${principal} AND account = ${account}`
  if (idempotencyKey !== undefined) {
    const [same] = yield* sql`SELECT * FROM klingkit_chains WHERE ${purse} AND idempotency_key = ${idempotencyKey}`
    if (same === undefined || same["fingerprint"] === fingerprint) {
      return same === undefined ? undefined : yield* readChain(same)
    }
    return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  }
  if (allowRepeat === true) return undefined
  const [repeated] = yield* sql`SELECT * FROM klingkit_chains WHERE fingerprint = ${fingerprint} AND ${purse}
    AND (created_at > ${now - replayMillis} OR state <> 'SUCCEEDED') ORDER BY created_at DESC LIMIT 1`
  return repeated === undefined ? undefined : yield* readChain(repeated)
})

/** What is set aside: the most that each step can come to, as far as that is known. */
export const knownMicros = (steps: ChainRecord["steps"]): number =>
  steps.reduce((sum, { quote }) => sum + reservedMicros(quote), 0)

/** A whole whose price is open costs what is known of it, or more; one of which nothing is known stays unknown. */
const atLeast = (quote: Quote, steps: ChainRecord["steps"]): Quote => {
  const known = knownMicros(steps) / 1e6
  return mostUsd(quote) === undefined && known > 0 ? { ...quote, priceUsd: known } : quote
}
