import type { KlingError } from "@klingkit/core"
import { byReference, stepsText } from "@klingkit/core/internal"
import { onlySteps, toPlan, withTakes } from "@klingkit/core/requests"
import { type Job, Jobs, Pipelines } from "@klingkit/jobs"
import { fingerprintOf } from "@klingkit/jobs/internal"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { type CommandError, usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { table } from "../../output/table.ts"
import { taskView } from "../../output/task-view.ts"
import { printTask } from "../print-task.ts"
import { readManifest } from "../batch/read-manifest.ts"
import { identityOptions, type PaidFlags, paidFlags } from "../paid-flags.ts"
import { idArgument } from "../task/id-argument.ts"
import { tellOfTask } from "../tell-of-jobs.ts"
import { waitForTask } from "../wait-for-task.ts"
import { planSteps } from "./plan-steps.ts"
import { runPipeline } from "./run-pipeline.ts"
import { onlyFlag, retryFailedFlag, takesFlag } from "./step-flags.ts"
import { toggle } from "../toggle.ts"

const { wait: _wait, take: _take, variants: _variants, ...runFlags } = paidFlags

const run = Command.make(
  "run",
  {
    file: Argument.String("file").pipe(Argument.withDescription("a .yaml or .json file with steps")),
    ...runFlags,
    takes: takesFlag,
    only: onlyFlag,
    retryFailed: retryFailedFlag,
    dryRun: runFlags.dryRun.pipe(
      Flag.withDescription("print each step, its price and the total without sending anything")
    )
  },
  Effect.fnUntraced(function* ({ file, takes, only, retryFailed, ...flags }) {
    const whole = yield* Effect.flatMap(readManifest(file, "steps"), planSteps)
    const { stepTakes } = takes
    const selected = only.length === 0 ? {} : { only }
    const plan = yield* withTakes(whole, stepTakes).pipe(
      Effect.tap((taken) => onlySteps(taken, only)),
      Effect.mapError(flagError)
    )
    const { operation, input, references } = toPlan(plan)
    // The same file is always the same pipeline.
    const key = `file ${yield* fingerprintOf(operation.id, { ...byReference(input, references), ...selected })}`
    yield* runPipeline(plan, flags, {
      ...selected,
      retryFailed,
      // With a key of the user's own it is one request, and finds nothing else.
      reuseSteps: Option.isNone(flags.key),
      ...identityOptions({ ...flags, take: takes.take }),
      ...keyOf({ ...flags, take: takes.take }, key)
    })
  })
).pipe(
  Command.withDescription(
    "Run the steps of a file (image, video, speech, sound effects) and wait for the last. Run it again to resume"
  ),
  Command.withExamples([
    { command: "klingkit pipeline run film.yaml --dry-run", description: "Each step, its price and the total" },
    { command: "klingkit pipeline run film.yaml --output shots/", description: "Saves each step under its own name" },
    { command: "klingkit pipeline run film.yaml --take two=2", description: "Another result of one step" }
  ])
)

/** What a flag names must be a step of the file. */
const flagError = (error: KlingError): KlingError | CommandError => {
  const { reason } = error
  if (reason._tag !== "InvalidInput") return error
  return usageError(reason.problems.map((problem) => ({ ...problem, field: `--${problem.field}` })))
}

/** The key of a file's content, unless the user has one or wants another of the same. */
const keyOf = (
  { key, take, allowDuplicate, again }: Pick<PaidFlags, "key" | "take" | "allowDuplicate" | "again">,
  idempotencyKey: string
) => {
  if (Option.isSome(key) || allowDuplicate || again) return {}
  const number = Option.getOrElse(take, () => 1)
  return { idempotencyKey: number === 1 ? idempotencyKey : `${idempotencyKey} take ${number}` }
}

const resume = Command.make(
  "resume",
  {
    task: idArgument,
    timeout: paidFlags.timeout,
    yes: paidFlags.yes,
    repeatUnknown: toggle("repeat-unknown", "also re-run steps whose outcome is unknown (may be charged twice)")
  },
  ({ task, timeout, yes, repeatUnknown }) =>
    Effect.gen(function* () {
      const submitted = yield* Jobs.use((jobs) => jobs.resume(task, { repeatUnknown, isApproved: yes }))
      yield* printTask(yield* waitForTask(submitted.handle, { deadline: timeout, submitted }))
    }).pipe(tellOfTask(task))
).pipe(
  Command.withDescription("Resume a pipeline from the failed step; paid steps are not paid again"),
  Command.withExamples([{ command: "klingkit pipeline resume $HANDLE" }])
)

const stepsDone = ({ pipeline }: Job): string => {
  const steps = pipeline?.steps ?? []
  return `${steps.filter(({ status }) => status === "succeed").length} of ${stepsText(steps.length)}`
}

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const output = yield* Output
    const found = yield* Pipelines.use(({ list }) => list)
    yield* output.answer({
      json: found.map((job) => taskView(job)),
      text: table(
        found,
        [
          { title: "task", value: ({ handle }) => handle },
          { title: "name", value: ({ pipeline }) => pipeline?.name },
          { title: "status", value: ({ task }) => task.status },
          { title: "done", value: stepsDone },
          { title: "message", value: ({ task }) => task.message }
        ],
        output.stdoutIsTerminal
      )
    })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("List the pipelines in this ledger, newest first"),
  Command.withExamples([{ command: "klingkit pipeline list" }])
)

export const pipeline = Command.make("pipeline").pipe(
  Command.withDescription("Run several paid steps as one: one handle, one price, each step paid once"),
  Command.withExamples([{ command: "klingkit pipeline run film.yaml --output video.mp4" }]),
  Command.withSubcommands([run, resume, list])
)

/** The old name of `pipeline`. */
export const deprecatedAlias = Command.make("chain").pipe(
  Command.withDescription("Deprecated: use klingkit pipeline"),
  Command.withExamples([{ command: "klingkit pipeline run film.yaml --output video.mp4" }]),
  Command.withSubcommands([run, resume, list]),
  Command.provideEffectDiscard(
    Output.use((output) => output.say("Note: klingkit chain is deprecated; use klingkit pipeline"))
  ),
  Command.unlisted
)
