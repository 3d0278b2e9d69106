import type { Plan, Receipt } from "@klingkit/core"
import { Jobs, type RunOptions, type RunResult } from "@klingkit/jobs"
import { Duration, Effect, Ref } from "effect"
import { exitCode } from "../../output/exit-code.ts"
import { CommandError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { type Deadline, timeLeft } from "../deadline.ts"
import { reusingText } from "../run-plan.ts"
import type { JobNames } from "../tell-of-jobs.ts"

/** Runs a synchronous operation by the deadline of its command; says whether it is a repeat, and the receipt of a paid one. */
export const callSynchronously = Effect.fnUntraced(function* (
  plan: Plan,
  options: RunOptions,
  deadline: Deadline,
  names: JobNames
) {
  const jobs = yield* Jobs
  const output = yield* Output
  const { billed } = plan.operation
  const handle = yield* Ref.make<string | undefined>(undefined)
  const onHandle = (own: string) => Effect.andThen(Ref.set(handle, own), names.add(own))
  const result: RunResult = yield* jobs.run(plan, { ...options, onHandle }).pipe(
    Effect.timeoutOrElse({
      duration: yield* timeLeft(deadline),
      orElse: () => Effect.flatMap(Ref.get(handle), (own) => unanswered(deadline, billed, own))
    })
  )
  const { job } = result
  if (job?.isDuplicate === true) yield* output.say(reusingText(job))
  if (billed && result._tag === "Answer") yield* printReceipt(result.receipt)
  return result
})

/** There is no task to wait for: the answer of a paid call is in the ledger, if it comes before this program ends. */
const unanswered = ({ timeout }: Deadline, billed: boolean, handle: string | undefined) => {
  const isSent = billed && handle !== undefined
  return new CommandError({
    failure: {
      code: "CLI_STILL_RUNNING",
      message: `Kling has not answered within ${Duration.format(timeout)}`,
      suggestion: isSent
        ? `see what became of it with: klingkit task get ${handle}; the same command again finds its answer, or says that it was lost`
        : "run the command again with a longer --timeout",
      charged: isSent ? "maybe" : "no",
      exitCode: exitCode.stillRunning,
      ...(handle === undefined ? {} : { handle })
    }
  })
}

/** The quote, and the charge where Kling's answer states one. */
const printReceipt = Effect.fnUntraced(function* ({ quoted, charged, mismatch }: Receipt) {
  const output = yield* Output
  yield* output.say(`Quoted: ${quoted}`)
  yield* output.say(`Charged: ${charged}`)
  if (mismatch !== undefined) yield* output.say(`Warning: ${mismatch}; check Kling's billing record`)
})
