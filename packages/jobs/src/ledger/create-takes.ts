import { maxUsd, type Quote } from "@klingkit/core"
import { quoteOfTakes, stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import { consumeApproval } from "./approvals.ts"
import { dayOf } from "./budget.ts"
import type { BudgetAlert } from "./budgets.ts"
import { checkLimits } from "./check-limits.ts"
import { type CreateResult, insertJob, lineOf, type NewJob, requireStorable } from "./create-job.ts"
import type { LedgerDatabase } from "./database.ts"
import { findDuplicate, fingerprintsOf, identityOf } from "./find-duplicate.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** Several takes of one request, which differ in take and key only. */
export type NewTakes = readonly [NewJob, ...ReadonlyArray<NewJob>]

/** The one approval of several takes: for this request, this many times, at the price of all. */
export interface ApprovalOfTakes {
  readonly approval: string
  readonly fingerprint: string
  readonly quote: Quote
}

/**
 * Persists several takes of one request in one transaction, all or none: limits count what is new of them as one call. Those
 * that exist are found.
 */
export const createTakes = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  takes: NewTakes,
  approved?: ApprovalOfTakes
): Effect.fn.Return<ReadonlyArray<CreateResult>, LedgerError | SqlError> {
  for (const take of takes) yield* requireStorable(database, take)
  const [{ account, quote, limits = {}, isUnapproved = false }] = takes
  const requests = yield* Effect.forEach(takes, (take) =>
    Effect.map(identityOf(take), (identity) => ({ take, identity, body: stringifyJson(take.input) }))
  )
  return yield* database.exclusive(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const found = yield* Effect.forEach(requests, (request) =>
        Effect.map(findDuplicate(database, request.identity, now), (duplicate) => ({ ...request, duplicate }))
      )
      const [first] = found
      let alerts: ReadonlyArray<BudgetAlert> = []
      const added = found.filter(({ duplicate }) => duplicate._tag === "New")
      const [firstNew] = added
      const newCount = added.length
      if (first !== undefined && newCount > 0) {
        if (isUnapproved) return yield* ledgerError({ _tag: "ApprovalInvalid" })
        const { principal } = first.identity
        const total = quoteOfTakes(quote, newCount)
        const line = lineOf(first.take)
        alerts = yield* checkLimits(database, { principal, account, line, quote: total, limits, day: dayOf(now) })
        if (approved !== undefined) {
          const quoteUsd = maxUsd(approved.quote)
          const price = quoteUsd === undefined ? {} : { quoteUsd }
          const { approval, fingerprint } = approved
          yield* consumeApproval(database, approval, { principal, fingerprint, ...price })
        }
      }
      // Beside what exists, all that are asked for now.
      const nextTake = Math.max(
        ...found.flatMap(({ identity, duplicate }) => [
          identity.take + 1,
          ...(duplicate._tag === "Same" ? [duplicate.nextTake] : [])
        ])
      )
      return yield* Effect.forEach(
        found,
        ({ take, identity, body, duplicate }): Effect.Effect<CreateResult, LedgerError | SqlError> =>
          duplicate._tag === "Same"
            ? Effect.succeed({ job: duplicate.job, isNew: false, nextTake })
            : Effect.map(insertJob(database, take, { ...identity, ...duplicate }, body, now), (job) => ({
                job,
                isNew: true,
                // Said once for all of them.
                ...(take.handle === firstNew?.take.handle ? { alerts } : {})
              }))
      )
    })
  )
})

/** The takes that Kling has: some may have ended while no process polled them. */
export const runningTakes = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  takes: NewTakes
): Effect.fn.Return<ReadonlyArray<string>, SqlError> {
  const { sql } = database
  const identity = yield* identityOf(takes[0])
  const { principal, account } = identity
  const rows = yield* sql<{ handle: string }>`SELECT handle FROM klingkit_jobs
    WHERE ${sql.in("fingerprint", fingerprintsOf(identity))} AND principal = ${principal}
    AND ${ofAccount(database, account)}
    AND ${sql.in(
      "take",
      takes.map(({ take = 1 }) => take)
    )} AND ${sql.in("state", ["ACCEPTED", "RUNNING"])}`
  return rows.map(({ handle }) => handle)
})
