import { baseUrlFromConfig, credentialsFromConfig, describeRequest, type Plan } from "@klingkit/core"
import { describePlace, type Job, Jobs } from "@klingkit/jobs"
import { Effect, Option, Ref } from "effect"
import { connection } from "../connection.ts"
import { interrupted } from "../output/failure.ts"
import { Output } from "../output/output.ts"
import { quoteText, quoteView } from "../output/task-view.ts"
import { answerTask } from "./answer-task.ts"
import { type Destination, destinationBefore } from "./destination.ts"
import { fetchFiles } from "./fetch-files.ts"
import type { PaidFlags } from "./paid-flags.ts"
import { waitForTask } from "./wait-for-task.ts"

/** Does with a plan what a paid command's flags ask for: shows it, or sends it, waits and fetches. */
export const runPlan = Effect.fn("runPlan")(function* (plan: Plan, flags: PaidFlags) {
  const output = yield* Output
  yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
  if (flags.dryRun) return yield* showPlan(plan)
  yield* credentialsFromConfig
  const count = typeof plan.input["n"] === "number" ? plan.input["n"] : 1
  const destination = yield* destinationBefore({ ...flags, count })
  return yield* send(plan, flags, destination).pipe(Effect.provide(connection))
})

export const showPlan = Effect.fnUntraced(function* (plan: Plan) {
  const output = yield* Output
  const { method, path, ...content } = describeRequest(plan)
  const url = `${yield* baseUrlFromConfig}${path}`
  const { externalId } = plan.operation
  const notes = [
    ...(externalId === undefined ? [] : [`${externalId} is added when it is sent: the task's handle`]),
    ...(Option.isSome(yield* Effect.option(credentialsFromConfig))
      ? []
      : ["no credential is set: planned for an API key"])
  ]
  yield* output.answer({
    json: {
      dryRun: true,
      operation: plan.operation.id,
      ...(plan.model === "" ? {} : { model: plan.model }),
      request: { method, url, ...content },
      reasons: plan.reasons,
      notes,
      warnings: plan.warnings,
      quote: quoteView(plan.quote)
    },
    text: [
      `${method} ${url}`,
      JSON.stringify(content.body ?? content.query, undefined, 2),
      `Operation: ${plan.operation.id}`,
      ...plan.reasons.map((reason) => `Why: ${reason}`),
      ...notes.map((note) => `Note: ${note}`),
      `Quote: ${quoteText(plan.quote)}`,
      "Nothing was sent."
    ].join("\n")
  })
})

const send = Effect.fnUntraced(function* (plan: Plan, flags: PaidFlags, destination: Destination) {
  const jobs = yield* Jobs
  const output = yield* Output
  const handle = yield* Ref.make<string | undefined>(undefined)
  const submitted = yield* jobs
    .submit(plan, {
      isApproved: flags.yes,
      folder: destination.folder,
      allowRepeat: flags.again,
      onQueued: (place) => output.say(`All parallel places of the account are taken: ${describePlace(place)}`),
      onHandle: (minted) =>
        Effect.andThen(Ref.set(handle, minted), output.say(`Handle: ${minted} (${quoteText(plan.quote)})`))
    })
    .pipe(
      Effect.onInterrupt(() =>
        Effect.flatMap(Ref.get(handle), (minted) =>
          output.fail(interrupted(minted === undefined ? "paid call" : { handle: minted, isAccepted: false }))
        )
      )
    )

  if (submitted.isRepeat === true) {
    yield* output.say(
      "The same request was made a moment ago: this is its job, nothing was sent again (--again makes another)"
    )
  }
  const wantsFile = flags.output._tag === "Some"
  if (!flags.wait && !wantsFile) {
    yield* answerTask(submitted)
    return yield* output.say(`Next: klingkit task wait ${submitted.handle}`)
  }
  const { task } = yield* waitForTask(submitted.handle, { timeout: flags.timeout, submitted })
  const job: Job = { ...submitted, task }
  if (wantsFile) return yield* answerTask(job, yield* fetchFiles(job, destination, flags.force))
  yield* answerTask(job)
  return yield* output.say(`Next: klingkit task download ${job.handle}`)
})
