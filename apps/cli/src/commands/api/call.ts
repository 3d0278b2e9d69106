import { Kling, type KlingError, type Plan, type Quote, receiptOf, taskFrom } from "@klingkit/core"
import { type JobError, Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { connection } from "../../connection.ts"
import { interrupted } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { inputFlag } from "../json-input.ts"
import { paidFlags } from "../paid-flags.ts"
import { runPlan, showPlan } from "../run-plan.ts"
import { operationArgument } from "./find.ts"
import { planCall } from "./plan-call.ts"

/** Runs a synchronous operation and prints its answer. */
const callSynchronously = Effect.fnUntraced(function* ({ operation, input, ...plan }: Plan, isApproved: boolean) {
  const kling = yield* Kling
  const jobs = yield* Jobs
  const output = yield* Output
  const response: Effect.Effect<unknown, KlingError | JobError | LedgerError> = operation.billed
    ? jobs.call({ operation, input, ...plan }, { isApproved })
    : kling.call(operation, input)
  const answer = yield* response.pipe(
    Effect.onInterrupt(() => output.fail(interrupted(operation.billed ? "paid call" : undefined)))
  )
  if (operation.billed) yield* printReceipt(plan.quote, answer)
  yield* output.answer({ json: answer ?? null, text: JSON.stringify(answer ?? null, undefined, 2) })
}, Effect.provide(connection))

/** The quote, and the charge where Kling's answer states one. */
const printReceipt = Effect.fnUntraced(function* (quote: Quote, answer: unknown) {
  const output = yield* Output
  const charges = Option.getOrUndefined(taskFrom(answer))?.charges ?? []
  const { quoted, charged, mismatch } = receiptOf(quote, { status: "succeed", charges })
  yield* output.say(`Quoted: ${quoted}`)
  yield* output.say(`Charged: ${charged}`)
  if (mismatch !== undefined) yield* output.say(`Warning: ${mismatch}; check Kling's billing record`)
})

export const call = Command.make(
  "call",
  { operation: operationArgument, input: inputFlag, ...paidFlags },
  Effect.fnUntraced(function* ({ operation: id, input, ...flags }) {
    const plan = yield* planCall(id, input)
    const { operation } = plan
    if (operation.kind === "create") return yield* runPlan(plan, flags)
    if (flags.dryRun) return yield* showPlan(plan)
    return yield* callSynchronously(plan, flags.yes)
  })
).pipe(
  Command.withDescription(
    "Call any API operation with its own fields; an operation that creates a task is submitted once"
  ),
  Command.withExamples([
    {
      command: `klingkit api call new.t2v.kling-3.0 --input '{"prompt":"a paper boat"}' --wait`,
      description: "Create a task and wait for it"
    },
    { command: "klingkit api call legacy.tts --input speech.json --dry-run", description: "Print the request only" },
    {
      command: `echo '{"taskIds":"890123456789012345"}' | klingkit api call new.tasks.get --input - --json`,
      description: "Read tasks"
    }
  ])
)
