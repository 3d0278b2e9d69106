import { Clock, Effect } from "effect"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { Orphans, Settlement, settlesAfterMillis } from "./orphans.ts"

/** As often as an external id is looked up, and as far apart. */
const readsOfList = 2
const betweenReadsMillis = 10_000

/** Waits, with the lease of its job, for the task of a request that was just sent to appear in Kling's list. */
export const awaitOrphan = Effect.fnUntraced(function* (
  record: JobRecord,
  lease: Lease
): Effect.fn.Return<Settlement, never, Orphans> {
  const orphans = yield* Orphans
  const { sentAt = 0 } = record
  yield* Effect.sleep(Math.max(0, sentAt + settlesAfterMillis - (yield* Clock.currentTimeMillis)))
  const settle = Effect.orElseSucceed(orphans.settle(record, lease), () => Settlement.Open({}))
  let settlement = yield* settle
  for (let reads = 1; reads < readsOfList && isUndecided(settlement); reads++) {
    yield* Effect.sleep(betweenReadsMillis)
    settlement = yield* settle
  }
  return settlement
})

const isUndecided = (settlement: Settlement): boolean =>
  settlement._tag === "Open" && settlement.candidates === undefined
