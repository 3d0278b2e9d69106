import { describeRequest, type Plan } from "@klingkit/core"
import { baseUrlFromConfig, credentialsFromConfig } from "@klingkit/core/internal"
import { type Job, Jobs, startedJob } from "@klingkit/jobs"
import { describeQueuePosition, plannedFacts } from "@klingkit/jobs/internal"
import { Effect, Option } from "effect"
import { connection } from "../connection.ts"
import { cheaperOf } from "../output/cheaper-view.ts"
import { Output } from "../output/output.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { printTask } from "./print-task.ts"
import { timeLeft } from "./deadline.ts"
import { type Destination, destinationBefore } from "./destination.ts"
import { downloadFiles } from "./download-files.ts"
import { identityOptions, type PaidFlags } from "./paid-flags.ts"
import { runTakes } from "./run-takes.ts"
import { type JobNames, tellOfJobs } from "./tell-of-jobs.ts"
import { stillRunning, waitForTask } from "./wait-for-task.ts"

/** Runs a plan as a paid command's flags say: prints it, or submits it, waits and downloads. */
export const runPlan = Effect.fn("runPlan")(function* (plan: Plan, flags: PaidFlags) {
  const output = yield* Output
  yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
  if (flags.dryRun) return yield* showPlan(plan)
  yield* credentialsFromConfig
  const count = typeof plan.input["n"] === "number" ? plan.input["n"] : 1
  const { variants } = plan
  if (variants !== undefined) return yield* runTakes({ ...plan, variants }, flags, count)
  const { output: target, force } = flags
  const destination = yield* destinationBefore({ output: target, force, count, facts: plannedFacts(plan) })
  return yield* tellOfJobs((names) => send(plan, flags, destination, names)).pipe(Effect.provide(connection))
})

export const showPlan = Effect.fnUntraced(function* (plan: Plan) {
  const output = yield* Output
  const { method, path, ...content } = describeRequest(plan)
  const url = `${yield* baseUrlFromConfig}${path}`
  const { externalId } = plan.operation
  const notes = [
    ...(externalId === undefined ? [] : [`${externalId} is added on submit: the task's handle`]),
    ...(Option.isSome(yield* Effect.option(credentialsFromConfig))
      ? []
      : ["no credential is set; planned for an API key"])
  ]
  const cheaper = yield* cheaperOf(plan)
  yield* output.answer({
    json: {
      dryRun: true,
      operation: plan.operation.id,
      ...(plan.model === "" ? {} : { model: plan.model }),
      ...(plan.variants === undefined ? {} : { variants: plan.variants.count }),
      request: { method, url, ...content },
      reasons: plan.reasons,
      notes,
      warnings: plan.warnings,
      quote: quoteView(plan.quote),
      ...cheaper.json
    },
    text: [
      `${method} ${url}`,
      JSON.stringify(content.body ?? content.query, undefined, 2),
      `Operation: ${plan.operation.id}`,
      ...plan.reasons.map((reason) => `Route: ${reason}`),
      ...notes.map((note) => `Note: ${note}`),
      `Quote: ${quoteText(plan.quote)}`,
      ...cheaper.lines,
      "Nothing was sent."
    ].join("\n")
  })
})

const send = Effect.fnUntraced(function* (plan: Plan, flags: PaidFlags, destination: Destination, names: JobNames) {
  const jobs = yield* Jobs
  const output = yield* Output
  const submitted = yield* jobs
    .run(plan, {
      // A slot may never become free: the wait for one has the same end.
      answerWithin: yield* timeLeft(flags.timeout),
      isApproved: flags.yes,
      folder: destination.folder,
      ...identityOptions(flags),
      onQueued: (position) =>
        output.say(`All concurrency slots of the account are in use: ${describeQueuePosition(position)}`),
      onHandle: (handle) =>
        Effect.andThen(names.add(handle), output.say(`Handle: ${handle} (${quoteText(plan.quote)})`))
    })
    .pipe(Effect.flatMap(startedJob))
  yield* names.add(submitted.handle, { job: submitted })

  if (submitted.isDuplicate === true) {
    yield* output.say(reusingText(submitted))
  }
  const wantsFile = flags.output._tag === "Some"
  if (!flags.wait && !wantsFile) {
    if (isUnanswered(submitted)) return yield* stillRunning(submitted.handle, submitted, flags.timeout)
    yield* printTask(submitted)
    const next = submitted.task.status === "succeed" ? "download" : "wait"
    return yield* output.say(`Next: klingkit task ${next} ${submitted.handle}`)
  }
  const { task } = yield* waitForTask(submitted.handle, { deadline: flags.timeout, submitted })
  const job: Job = { ...submitted, task }
  if (wantsFile) return yield* printTask(job, yield* downloadFiles(job, destination, flags))
  yield* printTask(job)
  return yield* output.say(`Next: klingkit task download ${job.handle}`)
})

/** What is said of a request that was made before. */
export const reusingText = ({ handle, nextTake }: Job): string =>
  `Already submitted: reusing ${handle}, nothing was sent again${nextTake === undefined ? "" : ` (--take ${nextTake} makes another)`}`

/** Kling had not answered at the end of the timeout, or the request was not even sent. */
export const isUnanswered = ({ handle, task, isDuplicate = false }: Job): boolean =>
  !isDuplicate && task.status === "submitted" && task.id === handle
