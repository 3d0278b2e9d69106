import { credentialsFromConfig, quotedText } from "@klingkit/core"
import { fingerprintOf, type Job, Jobs, wholeOf } from "@klingkit/jobs"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { Output } from "../../output/output.ts"
import { table } from "../../output/table.ts"
import { quoteText, quoteView, taskView } from "../../output/task-view.ts"
import { answerTask } from "../answer-task.ts"
import { readManifest } from "../batch/read-manifest.ts"
import { destinationBefore } from "../destination.ts"
import { fetchFiles } from "../fetch-files.ts"
import { paidFlags } from "../paid-flags.ts"
import { idArgument } from "../task/id-argument.ts"
import { waitForTask } from "../wait-for-task.ts"
import { planSteps } from "./plan-steps.ts"

const { wait: _wait, ...runFlags } = paidFlags

const run = Command.make(
  "run",
  {
    file: Argument.String("file").pipe(Argument.withDescription("a .yaml or .json file with steps")),
    ...runFlags,
    dryRun: runFlags.dryRun.pipe(Flag.withDescription("show each step, its price, and the sum; send nothing"))
  },
  Effect.fnUntraced(function* ({ file, dryRun, timeout, output: place, force, yes, again }) {
    const output = yield* Output
    const plan = yield* Effect.flatMap(readManifest(file, "steps"), planSteps)
    yield* Effect.forEach(plan.warnings, (warning) => output.say(`Warning: ${warning}`))
    if (dryRun) {
      return yield* output.answer({
        json: {
          dryRun: true,
          quote: quoteView(plan.quote),
          steps: plan.steps.map(({ id, plan: { operation, input, quote } }) => ({
            id,
            operation: operation.id,
            input,
            quote: quoteView(quote)
          }))
        },
        text: [
          ...plan.steps.map(({ id, plan: one }) => `Step ${id}: ${one.operation.id}, ${quoteText(one.quote)}`),
          `Quote: ${quoteText({ ...plan.quote, rule: `the sum of ${plan.steps.length} steps` })}`,
          "Nothing was sent."
        ].join("\n")
      })
    }
    yield* credentialsFromConfig
    const destination = yield* destinationBefore({ output: place, force, count: 1 })
    const { operation, input } = wholeOf(plan)
    // The same file is the same chain, always.
    const idempotencyKey = `file ${yield* fingerprintOf(operation.id, input)}`
    yield* Effect.gen(function* () {
      const jobs = yield* Jobs
      const begun = yield* jobs.begin(plan, {
        isApproved: yes,
        ...(again ? { allowRepeat: true } : { idempotencyKey }),
        onHandle: (handle) => output.say(`Handle: ${handle} (${quotedText(plan.quote)})`)
      })
      const job = yield* waitForTask(begun.handle, { timeout, submitted: begun })
      yield* answerTask(job, place._tag === "Some" ? yield* fetchFiles(job, destination, force) : undefined)
    }).pipe(Effect.provide(connection))
  })
).pipe(
  Command.withDescription(
    "Make a film step by step: picture, clip, speech, sound. It stays until the end; run it again to go on after anything"
  ),
  Command.withExamples([
    { command: "klingkit chain run film.yaml --dry-run", description: "Each step, its price, and the sum" },
    { command: "klingkit chain run film.yaml --output film.mp4" }
  ])
)

const resume = Command.make(
  "resume",
  {
    task: idArgument,
    timeout: paidFlags.timeout,
    repeatUnknown: Flag.Boolean("repeat-unknown").pipe(
      Flag.withoutNegation,
      Flag.withDescription("also steps of which nobody knows whether they were charged: they may be paid twice"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ task, timeout, repeatUnknown }) {
    const submitted = yield* Jobs.use((jobs) => jobs.resume(task, { repeatUnknown }))
    yield* answerTask(yield* waitForTask(submitted.handle, { timeout, submitted }))
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Go on with a chain whose step has failed; what was paid is not paid again"),
  Command.withExamples([{ command: "klingkit chain resume kk-chain-0123456789abcdefghjkmnpqrs" }])
)

const stepsDone = ({ chain }: Job): string => {
  const steps = chain?.steps ?? []
  return `${steps.filter(({ status }) => status === "succeed").length} of ${steps.length} steps`
}

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    const found = yield* Jobs.use(({ chains }) => chains)
    yield* output.answer({
      json: found.map((job) => taskView(job)),
      text: table(
        found,
        [
          { title: "task", value: ({ handle }) => handle },
          { title: "name", value: ({ chain }) => chain?.name },
          { title: "status", value: ({ task }) => task.status },
          { title: "done", value: stepsDone },
          { title: "message", value: ({ task }) => task.message }
        ],
        output.stdoutIsTerminal
      )
    })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Chains of this ledger, newest first"),
  Command.withExamples([{ command: "klingkit chain list" }])
)

export const chain = Command.make("chain").pipe(
  Command.withDescription("Films of several steps, each paid once, under one handle"),
  Command.withExamples([{ command: "klingkit chain run film.yaml --output film.mp4" }]),
  Command.withSubcommands([run, resume, list])
)
