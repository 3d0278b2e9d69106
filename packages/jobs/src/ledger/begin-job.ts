import { mostUsd, type Quote, stringifyJson } from "@klingkit/core"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, checkBudget, dayOf, reservedMicros, takeFromReserve } from "./budget.ts"
import type { LedgerDatabase } from "./database.ts"
import { fingerprintOf } from "./fingerprint.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { leaseEnd, type LeaseRequest } from "./leases.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"

/** A paid request before anything is sent. */
export interface Intent {
  /** Minted before; also the id under which Kling stores the task, where it takes one. */
  readonly handle: string
  /** Who asks; `local` when absent. */
  readonly principal?: string
  /** Which Kling account pays: a digest of region and credential, no secret. */
  readonly account: string
  readonly operation: string
  readonly family: string
  readonly model: string
  readonly generation: string
  /** Kept until the request is settled, for the one re-send after a crash. */
  readonly input: Readonly<Record<string, unknown>>
  readonly prompt?: string
  readonly quote: Quote
  /** Which of the account's parallel places its task takes, and how many (1 when absent). */
  readonly lane?: string
  readonly slots?: number
  /** How long its task usually takes. */
  readonly usualSeconds?: number
  /** Of the caller: the same key is the same job, always. */
  readonly idempotencyKey?: string
  /** Without a key, the same request within this time is the same job (120 s), and as long as its fate is open. */
  readonly replaySeconds?: number
  /** This one is meant to be made again. */
  readonly allowRepeat?: boolean
  /** What makes another request the same, where its input does not: the wish that a step of several belongs to. */
  readonly sameAs?: Readonly<Record<string, unknown>>
  readonly limits?: BudgetLimits
  /** The chain whose step it is: its price is taken from what the chain has set aside. */
  readonly partOf?: StepOfChain
  /** A token of `issueApproval`, used up when the job is new. */
  readonly approval?: string
  /** Taken together with a new job, so that nobody else sends it. */
  readonly lease?: LeaseRequest
}

export interface StepOfChain {
  readonly chain: string
  readonly step: string
}

/** The job of an intent: a new one, or the one that was there before. Only who made it may send it. */
export interface Begun {
  readonly job: JobRecord
  readonly isNew: boolean
}

type Keyed = Intent & { readonly principal: string; readonly fingerprint: string }

/** Writes an intent down; when it returns, the row survives a crash. */
export const beginJob = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  given: Intent
): Effect.fn.Return<Begun, LedgerError | SqlError> {
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(given[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  if (yield* database.isNearlyFull) return yield* ledgerError({ _tag: "DiskFull", place: database.place })
  const intent: Keyed = {
    ...given,
    principal: given.principal ?? "local",
    fingerprint: yield* fingerprintOf(given.operation, given.sameAs ?? given.input)
  }
  const body = stringifyJson(given.input)
  return yield* database.alone(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const earlier = yield* findEarlier(database, intent, now)
      if (earlier !== undefined) return { job: earlier, isNew: false }
      const { principal, account, fingerprint, quote, limits = {}, approval, partOf } = intent
      if (partOf !== undefined) yield* takeFromReserve(database, partOf.chain, quote)
      yield* checkBudget(database, { principal, account, quote, limits, day: dayOf(now) })
      if (approval !== undefined) {
        const quoteUsd = mostUsd(quote)
        const price = quoteUsd === undefined ? {} : { quoteUsd }
        yield* consumeApproval(database, approval, { principal, fingerprint, ...price })
      }
      return { job: yield* insert(database, intent, body, now), isNew: true }
    })
  )
})

const findEarlier = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  { handle, principal, account, fingerprint, idempotencyKey, allowRepeat, replaySeconds = 120 }: Keyed,
  now: number
): Effect.fn.Return<JobRecord | undefined, LedgerError | SqlError> {
  const purse = sql`principal = ${principal} AND account = ${account}`
  const [same] = yield* sql`SELECT * FROM klingkit_jobs
    WHERE handle = ${handle} OR (${purse} AND idempotency_key = ${idempotencyKey ?? null}) LIMIT 1`
  if (same !== undefined) {
    const isSame = same["principal"] === principal && same["fingerprint"] === fingerprint
    if (isSame) return yield* readOneRow(same)
    return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  }
  if (allowRepeat === true || idempotencyKey !== undefined) return undefined
  // A row from the future stands for a clock that was set back: it counts as recent.
  const [repeated] = yield* sql`SELECT * FROM klingkit_jobs
    WHERE fingerprint = ${fingerprint} AND ${purse} AND state <> 'REFUSED'
    AND (created_at > ${now - replaySeconds * 1000} OR state IN ('INTENT', 'SENDING', 'IN_DOUBT', 'UNKNOWN'))
    ORDER BY created_at DESC LIMIT 1`
  return repeated === undefined ? undefined : yield* readOneRow(repeated)
})

const insert = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  intent: Keyed,
  body: string,
  now: number
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const { handle, principal, account, fingerprint, lease } = intent
  const prompt = intent.prompt === undefined ? null : storable(intent.prompt)
  const [row] = yield* sql`INSERT INTO klingkit_jobs ${sql
    .insert({
      handle,
      principal,
      account,
      operation: storable(intent.operation),
      family: storable(intent.family),
      model: storable(intent.model),
      generation: storable(intent.generation),
      fingerprint,
      idempotency_key: intent.idempotencyKey ?? null,
      prompt,
      chain: intent.partOf?.chain ?? null,
      step: intent.partOf?.step ?? null,
      prompt_folded: prompt?.toLowerCase() ?? null,
      quote: JSON.stringify(intent.quote),
      spent_micros: reservedMicros(intent.quote),
      spent_day: dayOf(now),
      state: "INTENT",
      sends: 0,
      outputs: "[]",
      charges: "[]",
      files: "[]",
      lease_owner: lease?.owner ?? null,
      lease_until: lease === undefined ? null : leaseEnd(now, lease.seconds),
      lease_fence: lease === undefined ? 0 : 1,
      created_at: now,
      updated_at: now,
      lane: intent.lane === undefined ? null : storable(intent.lane),
      slots: intent.slots ?? 1,
      usual_seconds: intent.usualSeconds === undefined ? null : Math.round(intent.usualSeconds)
    })
    .returning("*")}`
  yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
  return yield* readOneRow(row as Readonly<Record<string, unknown>>)
})
