import type { Plan } from "@klingkit/core"
import { credentialsFromConfig } from "@klingkit/core/internal"
import { isPipeline, type PipelinePlan } from "@klingkit/core/requests"
import { type Job, Jobs } from "@klingkit/jobs"
import { jobOfResult, plannedFacts } from "@klingkit/jobs/internal"
import { Effect, Option } from "effect"
import { connection } from "../connection.ts"
import { Output } from "../output/output.ts"
import { callSynchronously } from "./api/call-synchronously.ts"
import { destinationBefore } from "./destination.ts"
import { downloadFiles } from "./download-files.ts"
import { identityOptions, type PaidFlags, withVariants } from "./paid-flags.ts"
import { runPipeline } from "./pipeline/run-pipeline.ts"
import { printTask } from "./print-task.ts"
import { runPlan, showPlan } from "./run-plan.ts"
import { type JobNames, tellOfJobs } from "./tell-of-jobs.ts"

/** Runs what a request asks for as a paid command's flags say: a task, a synchronous call, or several steps. */
export const runRequest = (given: Plan | PipelinePlan, flags: PaidFlags) =>
  Effect.gen(function* () {
    const plan = yield* withVariants(given, flags)
    if (isPipeline(plan)) return yield* runPipeline(plan, flags, identityOptions(flags))
    if (plan.operation.kind === "create") return yield* runPlan(plan, flags)
    return yield* flags.dryRun ? showPlan(plan) : runCall(plan, flags)
  })

/** A synchronous call; what it made is downloaded like that of a task. */
const runCall = Effect.fnUntraced(function* (plan: Plan, flags: PaidFlags) {
  const output = yield* Output
  yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
  yield* credentialsFromConfig
  const { output: target, force } = flags
  const destination = yield* destinationBefore({ output: target, force, count: 1, facts: plannedFacts(plan) })
  const called = Effect.fnUntraced(function* (names: JobNames) {
    const jobs = yield* Jobs
    const options = { isApproved: flags.yes, ...identityOptions(flags) }
    const result = yield* callSynchronously(plan, options, flags.timeout, names)
    const made = jobOfResult(result)
    const asRepeat = result.job?.isDuplicate === true ? { isDuplicate: true } : {}
    if (made === undefined) {
      const answer = result._tag === "Answer" ? (result.answer ?? null) : null
      return yield* output.answer({ json: answer, text: JSON.stringify(answer, undefined, 2) })
    }
    // A repeat of the same call returns the result of the earlier one, unless it is wanted: it is not paid again.
    const job: Job =
      result._tag === "Duplicate"
        ? { ...(yield* jobs.status(made.handle)), ...asRepeat }
        : { ...made, plan, ...asRepeat }
    yield* printTask(job, Option.isSome(flags.output) ? yield* downloadFiles(job, destination, flags) : undefined)
  })
  yield* tellOfJobs(called).pipe(Effect.provide(connection))
})
