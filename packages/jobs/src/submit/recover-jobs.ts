import { findOperation, type Kling } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LeaseRequest } from "../ledger/leases.ts"
import { leaseSeconds, sendJob } from "./send-job.ts"
import type { SlotQueue } from "./slot-queue.ts"

/** A request that is still unknown after this time is not looked for any more: Kling keeps results for 30 days. */
const adoptWithinMillis = 30 * 24 * 3_600_000

/**
 * Goes on where a program ended in the middle of a submission: what was sent is looked for, and at most once sent again
 * under the same id; what was never sent is closed, because whoever asked for it has been told nothing and is gone.
 */
export const recoverJobs = Effect.fn("Jobs.recover")(function* (
  ledger: Ledger["Service"],
  kling: Kling["Service"],
  queue: SlotQueue,
  owner: string
) {
  yield* takeUp(ledger, kling, queue, owner)
  yield* adoptLate(ledger, kling)
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
  yield* Effect.forEach(claimed, (record) => Effect.ignore(recoverOne(ledger, kling, queue, record)), {
    concurrency: 4,
    discard: true
  })
})

const recoverOne = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  kling: Kling["Service"],
  queue: SlotQueue,
  record: JobRecord
) {
  const { handle, lease } = record
  if (lease === undefined) return
  if (record.state === "INTENT") {
    const message = "not sent: the program ended before; nothing was charged"
    return yield* ledger.transition(handle, ["INTENT"], "REFUSED", { lease, message })
  }
  const operation = findOperation(record.operation)
  if (operation?.externalId === undefined) {
    // Without an id of ours at Kling nobody can tell what became of it, and it is never sent again.
    if (record.state === "SENDING") yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease })
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
    record: { ...record, lease }
  })
})

/** A slow server may have filed a task after it was given up: one that turns up is taken back. */
const adoptLate = Effect.fnUntraced(function* (ledger: Ledger["Service"], kling: Kling["Service"]) {
  const now = yield* Clock.currentTimeMillis
  const unknown = yield* ledger.unfinished({ states: ["UNKNOWN"], account: kling.account })
  yield* Effect.forEach(
    unknown.filter((record) => now - record.createdAt < adoptWithinMillis),
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
