import { credentialsFromConfig, quotedText } from "@klingkit/core/internal"
import type { PipelinePlan } from "@klingkit/core/requests"
import { Jobs, type PipelineIdentity, type PipelineQuote, Pipelines, startedJob } from "@klingkit/jobs"
import { Effect, Option } from "effect"
import { connection } from "../../connection.ts"
import { Output } from "../../output/output.ts"
import type { PaidFlags } from "../paid-flags.ts"
import { printTask } from "../print-task.ts"
import { timeLeft } from "../deadline.ts"
import { type JobNames, tellOfJobs } from "../tell-of-jobs.ts"
import { waitForTask } from "../wait-for-task.ts"
import { saveSteps } from "./save-steps.ts"
import { showPipeline } from "./show-pipeline.ts"
import { stepDestinations } from "./step-output.ts"

type RunFlags = Pick<PaidFlags, "dryRun" | "timeout" | "output" | "force" | "yes">

/** Starts a pipeline and waits for its last step; what it costs now and where its files go is decided before it starts. */
export const runPipeline = Effect.fnUntraced(function* (
  plan: PipelinePlan,
  { dryRun, timeout, output: target, force, yes }: RunFlags,
  identity: PipelineIdentity
) {
  const output = yield* Output
  yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
  if (dryRun) return yield* showPipeline(plan, identity)
  yield* credentialsFromConfig
  const started = Effect.fnUntraced(function* (names: JobNames) {
    const jobs = yield* Jobs
    const { only, ...whole } = identity
    const quoted = yield* Pipelines.use((pipelines) => pipelines.quote(plan, identity))
    const all = only === undefined ? quoted : yield* Pipelines.use((pipelines) => pipelines.quote(plan, whole))
    const destinations = yield* stepDestinations(all.steps, {
      output: target,
      force,
      isNamedByUser: identity.reuseSteps === true,
      ...(only === undefined ? {} : { only: quoted.steps.map(({ id }) => id) })
    })
    yield* sayMade(quoted)
    const result = yield* jobs.run(plan, {
      ...identity,
      isApproved: yes,
      onHandle: (handle) =>
        Effect.andThen(names.add(handle), output.say(`Handle: ${handle} (${quotedText(quoted.quote)})`))
    })
    const submitted = yield* startedJob(result)
    const save = saveSteps({ destinations, output: target, force, timeout })
    const job = yield* waitForTask(submitted.handle, { deadline: timeout, submitted }).pipe(
      // The shots that a stopped pipeline has made are paid for.
      Effect.tapError(() =>
        Effect.gen(function* () {
          if (Option.isNone(target)) return
          const saving = jobs.status(submitted.handle).pipe(Effect.flatMap(save), Effect.flatMap(saySaved))
          yield* Effect.ignore(Effect.timeout(saving, yield* timeLeft(timeout)))
        })
      )
    )
    yield* printTask(job, Option.isSome(target) ? yield* save(job) : undefined)
  })
  yield* tellOfJobs(started).pipe(Effect.provide(connection))
})

const sayMade = Effect.fnUntraced(function* ({ steps }: PipelineQuote) {
  const output = yield* Output
  const made = steps.filter(({ status }) => status !== undefined && status !== "failed" && status !== "unknown")
  const [first] = made
  if (first !== undefined) {
    const ids = made.map(({ id }) => id).join(", ")
    yield* output.say(`Already made, not charged: ${ids} (--take ${first.id}=2 makes another ${first.id})`)
  }
  const failed = steps.filter(({ status }) => status === "failed")
  if (failed.length > 0) {
    yield* output.say(
      `Failed before: ${failed.map(({ id }) => id).join(", ")} (--retry-failed pays for another attempt)`
    )
  }
})

const saySaved = Effect.fnUntraced(function* (files: ReadonlyArray<{ readonly path: string }>) {
  const output = yield* Output
  yield* Effect.forEach(files, ({ path }) => output.say(`Saved: ${path}`))
})
