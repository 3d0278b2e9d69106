import { findOperation, type Kling } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LeaseRequest } from "../ledger/leases.ts"
import { leaseSeconds, sendJob } from "./send-job.ts"
import type { SlotQueue } from "./slot-queue.ts"

/** A request that is still unknown after this time is not looked for any more: Kling keeps results for 30 days. */
const adoptWithinMillis = 30 * 24 * 3_600_000

/** How long after its handle was given away a request that was never sent is still sent: later it would surprise. */
const promiseMillis = 3_600_000
/** For as long a request that may have arrived is sent once more; later it is looked for only, as Kling forgets tasks. */
const resendMillis = 24 * 3_600_000
/** How long a job that has ended is remembered: its files, its price, its prompt. */
const rememberedMillis = 400 * 24 * 3_600_000
/** How often, over all programs, a late task is looked for. */
const adoptEveryMillis = 300_000

/**
 * Goes on where a program ended in the middle of a submission: what was sent is looked for, and within a day at most once
 * sent again under the same id. What was never sent is sent when somebody holds its handle and counts on it; else it is closed,
 * because whoever asked for it has been told nothing and is gone.
 */
export const recoverJobs = Effect.fn("Jobs.recover")(function* (
  ledger: Ledger["Service"],
  kling: Kling["Service"],
  queue: SlotQueue,
  owner: string
) {
  yield* takeUp(ledger, kling, queue, owner)
  yield* adoptLate(ledger, kling)
  yield* Effect.ignore(ledger.forgetBefore((yield* Clock.currentTimeMillis) - rememberedMillis))
})

/** What programs that have died left in the middle of a submission. */
export const takeUp = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  kling: Kling["Service"],
  queue: SlotQueue,
  owner: string
) {
  const request: LeaseRequest = { owner, seconds: leaseSeconds }
  const account = kling.account
  const claimed = yield* ledger.claimUnfinished({ states: ["INTENT", "SENDING", "IN_DOUBT"], account }, request)
  const now = yield* Clock.currentTimeMillis
  const recoverAll = (records: ReadonlyArray<JobRecord>, concurrency: number | "unbounded") =>
    Effect.forEach(records, (record) => Effect.ignore(recoverOne(ledger, kling, queue, record, now)), {
      concurrency,
      discard: true
    })
  const isUnsent = ({ state }: JobRecord) => state === "INTENT"
  // Those that are to be sent may stand in line for long: nobody waits behind them.
  const recoveries = [
    recoverAll(
      claimed.filter((one) => !isUnsent(one)),
      4
    ),
    recoverAll(claimed.filter(isUnsent), "unbounded")
  ]
  yield* Effect.all(recoveries, { concurrency: "unbounded", discard: true })
})

const recoverOne = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  kling: Kling["Service"],
  queue: SlotQueue,
  record: JobRecord,
  now: number
) {
  const { handle, lease, state, promisedAt, sentAt = 0 } = record
  if (lease === undefined) return
  const operation = findOperation(record.operation)
  const isPromised = promisedAt !== undefined && Math.abs(now - promisedAt) < promiseMillis
  if (state === "INTENT" && (operation === undefined || !isPromised)) {
    const why = promisedAt === undefined ? "the program ended before" : "no program went on with it within an hour"
    const message = `not sent: ${why}; nothing was charged`
    // Given away at this very moment, it is for the next recovery to send.
    return yield* ledger
      .transition(handle, ["INTENT"], "REFUSED", { lease, message, promisedAt: promisedAt ?? 0 })
      .pipe(Effect.tapError(() => ledger.release(handle, lease)))
  }
  if (operation === undefined || (state !== "INTENT" && operation.externalId === undefined)) {
    // Without an id of ours at Kling nobody can tell what became of it, and it is never sent again.
    if (state === "SENDING") yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease })
    const message = "the answer was lost, and this operation cannot be looked up"
    return yield* ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { lease, message })
  }
  const input = yield* ledger.input(handle)
  return yield* sendJob({
    ledger,
    kling,
    queue,
    onQueued: () => Effect.void,
    operation,
    input,
    record: { ...record, lease },
    isLookedForOnly: state !== "INTENT" && Math.abs(now - Math.max(sentAt, promisedAt ?? 0)) >= resendMillis
  })
})

/** A slow server may have filed a task after it was given up: one that turns up is taken back. */
const adoptLate = Effect.fnUntraced(function* (ledger: Ledger["Service"], kling: Kling["Service"]) {
  const now = yield* Clock.currentTimeMillis
  const after = now - adoptWithinMillis
  const unknown = yield* ledger.unfinished({ states: ["UNKNOWN"], account: kling.account, after })
  const handles = unknown.map(({ handle }) => handle)
  yield* Effect.forEach(
    yield* ledger.claimLooks(handles, adoptEveryMillis),
    (record) =>
      Effect.gen(function* () {
        const task = yield* Effect.option(kling.task(record.handle))
        if (Option.isSome(task)) {
          yield* ledger.transition(record.handle, ["UNKNOWN"], "ACCEPTED", { taskId: task.value.id })
        }
      }).pipe(Effect.ignore),
    { discard: true }
  )
})
