import { Kling, type KlingError, type Plan, type SynchronousOperation } from "@klingkit/core"
import { parseJson, submitDeadlineMillis, taskFrom, wrongMethod } from "@klingkit/core/internal"
import { Effect, Fiber, Option, Schedule } from "effect"
import { alertsOf, asDuplicate, jobOfRecord } from "../job.ts"
import type { CreateResult } from "../ledger/create-job.ts"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { ProcessLeases } from "./process-leases.ts"
import { type CallResult, paidAnswer, RunResult } from "./run-result.ts"
import { Sends } from "./sends.ts"
import { createJob, type SubmitJobOptions } from "./submit-job.ts"

export interface CallJobOptions extends Pick<
  SubmitJobOptions,
  "allowDuplicate" | "take" | "isApproved" | "approval" | "dedupeBy" | "idempotencyKey" | "onHandle" | "partOf"
> {}

/**
 * A paid synchronous call, which takes no external id: persisted and limited like any other request, sent once, and never
 * again. If its answer is lost it cannot be looked up, and the ledger says so.
 */
export const callJob = Effect.fn("Jobs.call")(function* (plan: Plan, options: CallJobOptions = {}) {
  const { operation } = plan
  if (operation.kind === "create") return yield* wrongMethod(operation.id, "submit")
  const sends = yield* Sends
  const created = yield* createJob(plan, options)
  const { job, isNew } = created
  const { lease } = job
  if (!isNew || lease === undefined) return repeatedAnswer(plan, { ...created, job: yield* settled(job) })
  if (options.onHandle !== undefined) yield* options.onHandle(job.handle)
  // It outlives its caller: a lost answer cannot be looked up.
  const sending = yield* sends.fork(({ sending }) =>
    Effect.andThen(sending, sendCall(operation, plan.input, { ...job, lease }))
  )
  const answered = paidAnswer(plan, job.handle, yield* Fiber.join(sending))
  return answered.job === undefined ? answered : { ...answered, job: { ...answered.job, ...alertsOf(created) } }
})

/** The call that a request repeats, once it has been answered or given up: its process may still wait for Kling. */
const settled = Effect.fnUntraced(function* (job: JobRecord): Effect.fn.Return<JobRecord, LedgerError, Ledger> {
  const ledger = yield* Ledger
  return yield* ledger.get(job.handle, job.principal).pipe(
    Effect.repeat({
      until: ({ state }) => state !== "INTENT" && state !== "SENDING",
      schedule: Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: submitDeadlineMillis }))
    })
  )
})

/** The stored answer. A lost one, or one that an earlier release did not store, is only a job. */
const repeatedAnswer = (plan: Plan, found: CreateResult): CallResult => {
  const record = found.job
  const result =
    record.answer === undefined
      ? RunResult.Duplicate({ job: { ...jobOfRecord(record), plan } })
      : paidAnswer(plan, record.handle, parseJson(record.answer))
  return result.job === undefined ? result : { ...result, job: { ...result.job, record, ...asDuplicate(found) } }
}

const sendCall = Effect.fnUntraced(function* (
  operation: SynchronousOperation,
  input: Plan["input"],
  { handle, lease }: JobRecord & { readonly lease: Lease }
): Effect.fn.Return<unknown, KlingError | LedgerError, Kling | Ledger | ProcessLeases> {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const leases = yield* ProcessLeases
  const answered = kling.call(operation, input).pipe(
    Effect.tap((data) => {
      const task = Option.getOrUndefined(taskFrom(data))
      const made = task === undefined ? {} : { taskId: task.id, outputs: task.outputs, charges: task.charges }
      // In one step, so that a paid answer is never recorded as received without being stored.
      return Effect.ignore(ledger.transition(handle, ["SENDING"], "SUCCEEDED", { lease, answer: data, ...made }))
    }),
    Effect.tapError((error) => {
      const { message } = error
      const recorded = error.mayHaveExecuted
        ? ledger
            .transition(handle, ["SENDING"], "IN_DOUBT", { lease })
            .pipe(Effect.andThen(ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { lease, message })))
        : ledger.transition(handle, ["SENDING"], "REFUSED", { lease, message })
      return Effect.ignore(recorded)
    })
  )
  return yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease }).pipe(
    Effect.mapError(({ reason }) => ledgerError(reason, true)),
    Effect.andThen(answered),
    Effect.raceFirst(leases.keep(handle))
  )
})
