import type { Kling } from "@klingkit/core"
import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect, FiberSet, type Scope } from "effect"
import { Account } from "../accounts/account.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { Orphans } from "../orphans/orphans.ts"
import type { Snapshots } from "../snapshots/snapshots.ts"
import { ProcessLeases } from "../submit/process-leases.ts"
import type { Submission } from "../submit/submission.ts"
import { makeClockJumps } from "./clock-jumps.ts"
import { completeDue, purgeOld, reconcileEveryMillis, reconcileUnknown, recoverOne } from "./recover-jobs.ts"

/** A request that may have been sent is looked up for up to 95 s: so many at once. */
const mostLookups = 4
/** Requests that were never sent wait for a concurrency slot, for as long as it takes: so many more per turn. */
const unsentPerTurn = 20
/** When something is due but cannot be claimed. */
const blockedPauseMillis = 5000
const purgeEveryMillis = 3_600_000

type Needs = Account | Kling | Ledger | Orphans | ProcessLeases | Snapshots | Submission

/**
 * What one turn of recovery does: claims the jobs that are due, a bounded number, and recovers them in the background;
 * `onRecovered` runs after each. Returns for how long nothing can become due. The claims make sure that of all processes on
 * a ledger one recovers a job.
 */
export const makeRecoverDue = Effect.fnUntraced(function* (
  onRecovered: Effect.Effect<void>
): Effect.fn.Return<Effect.Effect<number, LedgerError, Needs>, never, ProcessLeases | Scope.Scope> {
  const { request, isHeld } = yield* ProcessLeases
  // A lease of another process that begins now ends no sooner: recovery always comes in time.
  const longestPauseMillis = request.seconds * 1000
  const untilTrusted = yield* makeClockJumps(request.seconds)
  const recoveries = yield* FiberSet.make<void>()
  let lookups = 0
  let isReconciling = false
  let isCompleting = false
  let purgedAt = -Infinity

  const inBackground = <E>(work: Effect.Effect<unknown, E, Needs>, onEnd: Effect.Effect<void>) =>
    FiberSet.run(recoveries, Effect.ensuring(Effect.ignore(work), onEnd))

  const lookupEnded = Effect.suspend(() => {
    lookups -= 1
    return onRecovered
  })
  const reconciled = Effect.sync(() => void (isReconciling = false))

  const claimOrphaned = Effect.gen(function* () {
    const ledger = yield* Ledger
    const account = yield* Account.use(({ current }) => current)
    const free = mostLookups - lookups
    const claim = (states: ReadonlyArray<JobRecord["state"]>, limit: number) =>
      limit > 0
        ? ledger.claimUnfinished({ states, account, limit, isExcluded: isHeld }, request)
        : Effect.succeed<ReadonlyArray<JobRecord>>([])
    const sent = yield* claim(["SENDING", "IN_DOUBT"], free)
    const unsent = yield* claim(["INTENT"], unsentPerTurn)
    const now = yield* Clock.currentTimeMillis
    lookups += sent.length
    for (const record of sent) yield* inBackground(recoverOne(record, now), lookupEnded)
    for (const record of unsent) yield* inBackground(recoverOne(record, now), onRecovered)
    return sent.length + unsent.length
  })

  const complete = Effect.suspend(() => {
    if (isCompleting) return Effect.void
    isCompleting = true
    return Effect.asVoid(
      inBackground(
        completeDue(),
        Effect.sync(() => void (isCompleting = false))
      )
    )
  })

  const reconcile = Effect.suspend(() => {
    if (isReconciling) return Effect.void
    isReconciling = true
    return Effect.asVoid(inBackground(reconcileUnknown(), reconciled))
  })

  const purge = Effect.gen(function* () {
    const now = Number((yield* Clock.monotonicTimeNanos) / 1_000_000n)
    if (now - purgedAt < purgeEveryMillis) return
    purgedAt = now
    yield* purgeOld
  })

  return Effect.gen(function* () {
    const ledger = yield* Ledger
    const account = yield* Account.use(({ current }) => current)
    const now = yield* Clock.currentTimeMillis
    const distrustMillis = yield* untilTrusted
    const dueAt = yield* ledger.nextRecoveryAt({
      account,
      lookUpEveryMillis: reconcileEveryMillis,
      lookUpAfter: now - resultRetentionMillis
    })
    yield* purge
    yield* complete
    if (dueAt === undefined || dueAt > now) return Math.min(longestPauseMillis, (dueAt ?? Infinity) - now)
    yield* reconcile
    if (distrustMillis > 0) return distrustMillis
    return (yield* claimOrphaned) > 0 ? 0 : blockedPauseMillis
  })
})
