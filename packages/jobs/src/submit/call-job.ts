import { type KlingError, mintHandle, type Plan, taskFrom } from "@klingkit/core"
import { Effect, Fiber, Option } from "effect"
import { type JobError, jobError } from "../job-error.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { refuseUnapproved } from "./approval.ts"
import { keepLease, leaseSeconds } from "./send-job.ts"
import { intentOf, type Submitter, type SubmitJobOptions } from "./submit-job.ts"

export interface CallJobOptions extends Pick<
  SubmitJobOptions,
  "isApproved" | "approval" | "sameAs" | "idempotencyKey" | "partOf"
> {
  /** False: the same call as a moment ago is refused as `Repeated`; its job is known by its handle. */
  readonly allowRepeat?: boolean
}

/** Longer than such calls usually take, and as long as a person at a shell may be kept. */
const leaveAfter = "10 seconds"

/**
 * A paid operation that answers at once and takes no id of ours: written down and within the limits like any other,
 * sent once, and never again. When its answer is lost nobody can look it up, and the ledger says so.
 */
export const callJob = Effect.fn("Jobs.call")(function* (
  ledger: Ledger["Service"],
  submitter: Submitter,
  plan: Plan,
  options: CallJobOptions = {}
): Effect.fn.Return<unknown, KlingError | JobError | LedgerError> {
  yield* refuseUnapproved(ledger, submitter, plan.quote, options)
  const handle = yield* mintHandle(plan.operation.family)
  const { job, isNew } = yield* ledger.begin({
    ...intentOf(submitter, plan, handle),
    lease: { owner: submitter.owner, seconds: leaseSeconds },
    allowRepeat: options.allowRepeat !== false,
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.sameAs === undefined ? {} : { sameAs: options.sameAs }),
    ...(options.partOf === undefined ? {} : { partOf: options.partOf }),
    ...(options.approval === undefined ? {} : { approval: options.approval })
  })
  const { lease } = job
  if (!isNew || lease === undefined) return yield* jobError({ _tag: "Repeated", taskId: job.handle })
  const held = { lease }
  const answered = submitter.kling.call(plan.operation, plan.input).pipe(
    Effect.tap((data) => {
      const task = Option.getOrUndefined(taskFrom(data))
      const results =
        task === undefined ? { answer: data } : { taskId: task.id, outputs: task.outputs, charges: task.charges }
      // In one step: an answer that was paid for is never known to be there and yet not kept.
      return Effect.ignore(ledger.transition(handle, ["SENDING"], "SUCCEEDED", { ...held, ...results }))
    }),
    Effect.tapError((error) => {
      const { message } = error
      const written = error.mayHaveArrived
        ? ledger
            .transition(handle, ["SENDING"], "IN_DOUBT", held)
            .pipe(Effect.andThen(ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { ...held, message })))
        : ledger.transition(handle, ["SENDING"], "REFUSED", { ...held, message })
      return Effect.ignore(written)
    })
  )
  const sent = ledger.transition(handle, ["INTENT"], "SENDING", held).pipe(
    Effect.mapError(({ reason }) => ledgerError(reason, true)),
    Effect.andThen(answered)
  )
  // Nobody could look a lost answer up: whoever leaves may end this process, so a moment is left for it to be kept.
  const sending = yield* Effect.forkDetach(Effect.raceFirst(sent, keepLease(ledger, handle, lease)))
  const kept = Effect.timeoutOption(Fiber.await(sending), leaveAfter)
  return yield* Effect.onInterrupt(Fiber.join(sending), () => Effect.flatMap(Effect.forkDetach(kept), Fiber.await))
})
