import { findOperation, Kling } from "@klingkit/core"
import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect, Option } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import { Account } from "../accounts/account.ts"
import { Ledger } from "../ledger/ledger.ts"
import { Orphans } from "../orphans/orphans.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { ProcessLeases } from "../submit/process-leases.ts"
import { Submission } from "../submit/submission.ts"

/** How long after its acknowledgement an unsent request is still sent: later it would surprise the caller. */
const acknowledgedMillis = 3_600_000
/** How long a request that may have arrived is sent once more; later it is only looked up, as Kling deletes old tasks. */
const resendMillis = 24 * 3_600_000
/** How long a finished job is kept: its files, its price, its prompt. */
const retentionMillis = 400 * 24 * 3_600_000
/** How often, across all processes, a late task is looked up. */
export const reconcileEveryMillis = 300_000
/** So many at a time, those first that were looked up longest ago. */
const reconciledPerTurn = 20

/**
 * Recovers submissions whose process has died. A request that was sent is looked up, and within a day sent again at most
 * once, under the same id. A request that was never sent is sent if its handle was acknowledged; else it is closed, because
 * its caller has received nothing and is gone.
 */
export const recoverJobs = Effect.fn("Jobs.recover")(function* () {
  yield* recoverOrphaned()
  yield* reconcileUnknown()
  yield* completeDue()
  yield* purgeOld
})

/** Deletes jobs that ended long ago. */
export const purgeOld = Effect.gen(function* () {
  const ledger = yield* Ledger
  yield* Effect.ignore(ledger.purgeBefore((yield* Clock.currentTimeMillis) - retentionMillis))
})

/** Recovers the jobs that dead processes have orphaned during submission. */
const recoverOrphaned = Effect.fnUntraced(function* () {
  const ledger = yield* Ledger
  const account = yield* Account.use(({ current }) => current)
  const { request, isHeld: isExcluded } = yield* ProcessLeases
  const claimed = yield* ledger.claimUnfinished(
    { states: ["INTENT", "SENDING", "IN_DOUBT"], account, isExcluded },
    request
  )
  const now = yield* Clock.currentTimeMillis
  const recoverAll = (records: ReadonlyArray<JobRecord>, concurrency: number | "unbounded") =>
    Effect.forEach(records, (record) => Effect.ignore(recoverOne(record, now)), {
      concurrency,
      discard: true
    })
  const isUnsent = ({ state }: JobRecord) => state === "INTENT"
  // Unsent requests may be queued for long: they do not hold up the others.
  const recoveries = [
    recoverAll(
      claimed.filter((record) => !isUnsent(record)),
      4
    ),
    recoverAll(claimed.filter(isUnsent), "unbounded")
  ]
  yield* Effect.all(recoveries, { concurrency: "unbounded", discard: true })
})

/** Recovers one job that this process has claimed. */
export const recoverOne = Effect.fnUntraced(function* (record: JobRecord, now: number) {
  const ledger = yield* Ledger
  const submission = yield* Submission
  const { handle, lease, state, acknowledgedAt, sentAt = 0 } = record
  if (lease === undefined) return
  const operation = findOperation(record.operation)
  const isExpected = acknowledgedAt !== undefined && Math.abs(now - acknowledgedAt) < acknowledgedMillis
  const isSubmitted = operation?.kind === "create"
  if (state === "INTENT" && !(isSubmitted && isExpected)) {
    const why = acknowledgedAt === undefined ? "its process ended first" : "no process resumed it within an hour"
    const message = `not sent: ${why}; nothing was charged`
    // If it is acknowledged at this very moment, the next recovery sends it.
    return yield* ledger
      .transition(handle, ["INTENT"], "REFUSED", { lease, message, acknowledgedAt: acknowledgedAt ?? 0 })
      .pipe(Effect.tapError(() => ledger.release(handle, lease)))
  }
  if (!isSubmitted || (state !== "INTENT" && operation.findableByExternalId === "no")) {
    // It is never sent again. Its task may be in Kling's list.
    if (state === "SENDING") yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease })
    const settlement = yield* Effect.option(Orphans.use((orphans) => orphans.settle(record, lease)))
    if (Option.isSome(settlement) && settlement.value._tag === "Adopted") return yield* ledger.release(handle, lease)
    const message = "the answer was lost, and this operation is not found by an id of ours"
    yield* ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { lease, message })
    return yield* ledger.release(handle, lease)
  }
  const input = yield* ledger.input(handle)
  const isLookupOnly = state !== "INTENT" && Math.abs(now - Math.max(sentAt, acknowledgedAt ?? 0)) >= resendMillis
  return yield* submission.resend({ operation, input, record: { ...record, lease }, isLookupOnly })
})

/** Kling may have created a task after its submission was given up: if it turns up, in a list as well, the job continues with it. */
export const reconcileUnknown = Effect.fnUntraced(function* () {
  const ledger = yield* Ledger
  const kling = yield* Kling
  const orphans = yield* Orphans
  const now = yield* Clock.currentTimeMillis
  // A request that is still unknown by then is no longer looked up: Kling has deleted its results.
  const after = now - resultRetentionMillis
  const account = yield* Account.use(({ current }) => current)
  const unknown = yield* ledger.unfinished({ states: ["UNKNOWN"], account, after, limit: reconciledPerTurn })
  const handles = unknown.map(({ handle }) => handle)
  yield* Effect.forEach(
    yield* ledger.claimPolls(handles, reconcileEveryMillis),
    (record) =>
      Effect.gen(function* () {
        const isSentWithId = findOperation(record.operation)?.findableByExternalId !== "no"
        const task = isSentWithId ? yield* Effect.option(kling.task(record.handle)) : Option.none()
        if (Option.isSome(task)) yield* ledger.adoptTask(record.handle, task.value.id)
        else yield* orphans.settle(record)
      }).pipe(Effect.ignore),
    { discard: true }
  )
})

/** Asks Kling for the results and bills that jobs still lack although they have succeeded. */
export const completeDue = Effect.fnUntraced(function* () {
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const after = (yield* Clock.currentTimeMillis) - resultRetentionMillis
  const account = yield* Account.use(({ current }) => current)
  const due = yield* ledger.dueRechecks({ account, after, limit: reconciledPerTurn })
  yield* Effect.forEach(due, (record) => snapshots.complete(record), { concurrency: "unbounded", discard: true })
})
