import type { KlingError, Plan } from "@klingkit/core"
import { wrongMethod } from "@klingkit/core/internal"
import { Array, Effect, Result, Struct } from "effect"
import { Account } from "../accounts/account.ts"
import { type Job, jobOfRecord, type Take } from "../job.ts"
import type { CreateResult } from "../ledger/create-job.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { planFingerprint, SpendGate } from "./spend-gate.ts"
import { newJobOf, sendCreated, type SubmitJobOptions } from "./submit-job.ts"

/** A plan of several takes. */
export type PlanOfTakes = Plan & Required<Pick<Plan, "variants">>

/**
 * Submits several takes of a request: approved, limited and persisted as a whole, then each sent once. Fails only if none was
 * made and none can have been charged; else each take says what became of it.
 */
export const submitTakes = Effect.fn("Jobs.submitTakes")(function* (plan: PlanOfTakes, options: SubmitJobOptions = {}) {
  const ledger = yield* Ledger
  const gate = yield* SpendGate
  const { operation, variants } = plan
  if (operation.kind !== "create") return yield* wrongMethod(operation.id, "call")
  const single: Plan = { ...Struct.omit(plan, ["variants"]), quote: variants.quote }
  const firstTake = options.take ?? 1
  const newTake = (index: number) => newJobOf(single, takeOptions(options, firstTake + index, index))
  const others = Array.range(1, variants.count - 1)
  const takes = [yield* newTake(0), ...(yield* Effect.forEach(others, newTake))] as const
  const running = yield* ledger.runningTakes(takes)
  if (running.length > 0) yield* Snapshots.use((snapshots) => snapshots.pollBatch(running))
  const { approval } = options
  const approved =
    approval === undefined ? [] : [{ approval, fingerprint: yield* planFingerprint(plan), quote: plan.quote }]
  const created = yield* gate.admit(plan.quote, options, (unapproved) => {
    const [first, ...later] = takes
    return ledger.createTakes([{ ...first, ...unapproved }, ...later], ...approved)
  })
  yield* Account.use(({ remember }) => remember)
  const sent = yield* Effect.forEach(
    created,
    (one, index) =>
      Effect.map(Effect.result(sendCreated(single, operation, one, options)), (result) =>
        takeOf(firstTake + index, one, result)
      ),
    { concurrency: "unbounded" }
  )
  return yield* asOneJob(created, sent)
})

/** A caller's key is that of the first take; the others have keys of their own, the same in each replay. */
const takeOptions = (options: SubmitJobOptions, take: number, index: number): SubmitJobOptions => {
  const { idempotencyKey } = options
  return {
    ...Struct.omit(options, ["approval", "allowDuplicate"]),
    take,
    ...(idempotencyKey === undefined || index === 0 ? {} : { idempotencyKey: `${idempotencyKey}#${index + 1}` })
  }
}

const takeOf = (take: number, { job }: CreateResult, result: Result.Result<Job, KlingError | LedgerError>): Take => ({
  take,
  handle: job.handle,
  ...(Result.isSuccess(result) ? { job: result.success } : { error: result.failure })
})

/** The first job that was made, with all takes; of none, the first that may have been charged. */
const asOneJob = Effect.fnUntraced(function* (
  created: ReadonlyArray<CreateResult>,
  takes: ReadonlyArray<Take>
): Effect.fn.Return<Job, KlingError | LedgerError, Ledger> {
  const made = takes.find(({ job }) => job !== undefined)?.job
  const alerts = takes.flatMap(({ job }) => job?.budgetAlerts ?? [])
  if (made !== undefined) return { ...made, takes, ...(alerts.length === 0 ? {} : { budgetAlerts: alerts }) }
  const [refusal] = takes.flatMap(({ error }) => (error === undefined ? [] : [error]))
  const doubtful = created[takes.findIndex(({ error }) => error?.wasCharged !== "no")]
  if (doubtful === undefined) return yield* refusal ?? Effect.die(new Error("no take was asked for"))
  const { handle, principal } = doubtful.job
  const latest = yield* Ledger.use((ledger) => ledger.get(handle, principal)).pipe(
    Effect.orElseSucceed(() => doubtful.job)
  )
  return { ...jobOfRecord(latest), takes }
})
