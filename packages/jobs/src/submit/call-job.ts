import { type KlingError, mintHandle, type Plan } from "@klingkit/core"
import { taskFrom } from "@klingkit/core/internal"
import { Effect, Fiber, Option } from "effect"
import { type JobError, jobError } from "../job-error.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { requireApproval } from "./approval.ts"
import { keepLease, leaseSeconds } from "./send-job.ts"
import { newJobOf, type Submitter, type SubmitJobOptions } from "./submit-job.ts"

export interface CallJobOptions extends Pick<
  SubmitJobOptions,
  "isApproved" | "approval" | "dedupeBy" | "idempotencyKey" | "onHandle" | "partOf"
> {
  /** If false, a call identical to a recent one fails with `Duplicate`, which has the handle of that job. */
  readonly allowDuplicate?: boolean
}

/**
 * A paid synchronous call, which takes no external id: persisted and limited like any other request, sent once, and never
 * again. If its answer is lost it cannot be looked up, and the ledger says so.
 */
export const callJob = Effect.fn("Jobs.call")(function* (
  ledger: Ledger["Service"],
  submitter: Submitter,
  plan: Plan,
  options: CallJobOptions = {}
): Effect.fn.Return<unknown, KlingError | JobError | LedgerError> {
  yield* requireApproval(ledger, submitter, plan.quote, options)
  const handle = yield* mintHandle(plan.operation.family)
  const { job, isNew } = yield* ledger.createJob({
    ...newJobOf(submitter, plan, handle),
    lease: { owner: submitter.owner, seconds: leaseSeconds },
    allowDuplicate: options.allowDuplicate !== false,
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.dedupeBy === undefined ? {} : { dedupeBy: options.dedupeBy }),
    ...(options.partOf === undefined ? {} : { partOf: options.partOf }),
    ...(options.approval === undefined ? {} : { approval: options.approval })
  })
  const { lease } = job
  if (!isNew || lease === undefined) return yield* jobError({ _tag: "Duplicate", taskId: job.handle })
  if (options.onHandle !== undefined) yield* options.onHandle(handle)
  const withLease = { lease }
  const answered = submitter.kling.call(plan.operation, plan.input).pipe(
    Effect.tap((data) => {
      const task = Option.getOrUndefined(taskFrom(data))
      const results =
        task === undefined ? { answer: data } : { taskId: task.id, outputs: task.outputs, charges: task.charges }
      // In one step, so that a paid answer is never recorded as received without being stored.
      return Effect.ignore(ledger.transition(handle, ["SENDING"], "SUCCEEDED", { ...withLease, ...results }))
    }),
    Effect.tapError((error) => {
      const { message } = error
      const recorded = error.mayHaveExecuted
        ? ledger
            .transition(handle, ["SENDING"], "IN_DOUBT", withLease)
            .pipe(Effect.andThen(ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { ...withLease, message })))
        : ledger.transition(handle, ["SENDING"], "REFUSED", { ...withLease, message })
      return Effect.ignore(recorded)
    })
  )
  const sent = ledger.transition(handle, ["INTENT"], "SENDING", withLease).pipe(
    Effect.mapError(({ reason }) => ledgerError(reason, true)),
    Effect.andThen(answered),
    Effect.raceFirst(keepLease(ledger, handle, lease))
  )
  // It outlives its caller: a lost answer cannot be looked up.
  return yield* Fiber.join(yield* submitter.sends.fork(({ sending }) => Effect.andThen(sending, sent)))
})
