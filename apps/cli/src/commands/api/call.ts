import { Effect } from "effect"
import { Command } from "effect/cli"
import { connection } from "../../connection.ts"
import { Output } from "../../output/output.ts"
import { inputFlag } from "../json-input.ts"
import { identityOptions, paidFlags, withVariants } from "../paid-flags.ts"
import { runPlan, showPlan } from "../run-plan.ts"
import { tellOfJobs } from "../tell-of-jobs.ts"
import { callSynchronously } from "./call-synchronously.ts"
import { operationArgument } from "./find.ts"
import { planCall } from "./plan-call.ts"

export const call = Command.make(
  "call",
  { operation: operationArgument, input: inputFlag, ...paidFlags },
  Effect.fnUntraced(function* ({ operation: id, input, ...flags }) {
    const plan = yield* withVariants(yield* planCall(id, input), flags)
    const { operation } = plan
    if (operation.kind === "create") return yield* runPlan(plan, flags)
    if (flags.dryRun) return yield* showPlan(plan)
    const options = { isApproved: flags.yes, ...identityOptions(flags) }
    const called = tellOfJobs((names) => callSynchronously(plan, options, flags.timeout, names))
    const result = yield* called.pipe(Effect.provide(connection))
    const answer = result._tag === "Answer" ? result.answer : result.job.task
    const output = yield* Output
    return yield* output.answer({ json: answer ?? null, text: JSON.stringify(answer ?? null, undefined, 2) })
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
