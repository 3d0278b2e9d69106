import { Kling, type KlingError, type Plan, type Quote, receiptOf } from "@klingkit/core"
import { taskFrom } from "@klingkit/core/internal"
import { type CallJobOptions, type JobError, Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { interrupted } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"

/** Runs a synchronous operation, prints the receipt of a paid one, and returns its answer. */
export const callSynchronously = Effect.fnUntraced(function* (plan: Plan, options: CallJobOptions) {
  const { operation, input } = plan
  const kling = yield* Kling
  const jobs = yield* Jobs
  const output = yield* Output
  const response: Effect.Effect<unknown, KlingError | JobError | LedgerError> = operation.billed
    ? jobs.call(plan, options)
    : kling.call(operation, input)
  const answer = yield* response.pipe(
    Effect.onInterrupt(() => output.fail(interrupted(operation.billed ? "paid call" : undefined)))
  )
  if (operation.billed) yield* printReceipt(plan.quote, answer)
  return answer
})

/** The quote, and the charge where Kling's answer states one. */
const printReceipt = Effect.fnUntraced(function* (quote: Quote, answer: unknown) {
  const output = yield* Output
  const charges = Option.getOrUndefined(taskFrom(answer))?.charges ?? []
  const { quoted, charged, mismatch } = receiptOf(quote, { status: "succeed", charges })
  yield* output.say(`Quoted: ${quoted}`)
  yield* output.say(`Charged: ${charged}`)
  if (mismatch !== undefined) yield* output.say(`Warning: ${mismatch}; check Kling's billing record`)
})
