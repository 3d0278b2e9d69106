import type { Plan, Receipt } from "@klingkit/core"
import { Jobs, type RunOptions, type RunResult } from "@klingkit/jobs"
import { Effect } from "effect"
import { Output } from "../../output/output.ts"
import type { JobNames } from "../tell-of-jobs.ts"

/** Runs a synchronous operation, and prints the receipt of a paid one. */
export const callSynchronously = Effect.fnUntraced(function* (plan: Plan, options: RunOptions, names: JobNames) {
  const jobs = yield* Jobs
  const { billed } = plan.operation
  const result: RunResult = yield* jobs.run(plan, { ...options, onHandle: (handle) => names.add(handle) })
  if (billed && result._tag === "Answer") yield* printReceipt(result.receipt)
  return result
})

/** The quote, and the charge where Kling's answer states one. */
const printReceipt = Effect.fnUntraced(function* ({ quoted, charged, mismatch }: Receipt) {
  const output = yield* Output
  yield* output.say(`Quoted: ${quoted}`)
  yield* output.say(`Charged: ${charged}`)
  if (mismatch !== undefined) yield* output.say(`Warning: ${mismatch}; check Kling's billing record`)
})
