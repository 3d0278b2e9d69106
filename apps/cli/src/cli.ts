import { Effect, Exit, Layer } from "effect"
import { CliConfig, Command, GlobalFlag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { account } from "./commands/account.ts"
import { api } from "./commands/api/api.ts"
import { approve } from "./commands/approve.ts"
import { batch } from "./commands/batch/batch.ts"
import { demo } from "./commands/demo.ts"
import { emulator } from "./commands/emulator.ts"
import { ledger } from "./commands/ledger/ledger.ts"
import { models } from "./commands/models.ts"
import { deprecatedAlias, pipeline } from "./commands/pipeline/pipeline.ts"
import { quote } from "./commands/quote.ts"
import { requestGroups } from "./commands/request-groups.ts"
import { task } from "./commands/task/task.ts"
import { usage } from "./commands/usage.ts"
import { type ExitCode, exitCode } from "./output/exit-code.ts"
import { failureOf } from "./output/failure.ts"
import { interrupted } from "./output/interrupted.ts"
import { Output } from "./output/output.ts"
import { presenter } from "./output/presenter.ts"
import { toggle } from "./commands/toggle.ts"

const jsonFlag = GlobalFlag.Setting("json")({
  flag: toggle("json", "print one JSON document on stdout, failures included")
})

export const rootCommand = Command.make("klingkit").pipe(
  Command.withDescription(
    "Generate video, images and audio with Kling AI. No request is charged twice, and nothing you paid for is lost."
  ),
  Command.withExamples([
    { command: "klingkit demo", description: "Try it without a key" },
    { command: 'klingkit video create "a paper boat in the rain" --output boat.mp4', description: "Generate a video" },
    { command: "KLINGAI_API_KEY=... klingkit task list", description: "Read the key from the environment" },
    { command: 'klingkit quote video "a paper boat" --duration 10', description: "Estimate the cost" }
  ]),
  Command.withSubcommands([
    ...requestGroups,
    pipeline,
    deprecatedAlias,
    batch,
    task,
    quote,
    usage,
    models,
    account,
    approve,
    ledger,
    api,
    emulator,
    demo
  ]),
  Command.withGlobalFlags([jsonFlag])
)

// No prompts for arguments and no log levels: none logs.
const builtIns = CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

/** Finds `--json` before parsing, so that a command line that does not parse still fails in JSON. */
const wantsJson = (args: ReadonlyArray<string>): boolean => {
  const end = args.indexOf("--")
  return args.slice(0, end === -1 ? args.length : end).includes("--json")
}

/** Runs one command line. Never fails: the outcome is printed and returned as the exit code. */
export const runCli = (args: ReadonlyArray<string>): Effect.Effect<ExitCode, never, Command.Environment> =>
  Effect.gen(function* () {
    const output = yield* Output
    const effectiveArgs = args.length === 0 ? ["--help"] : args
    const exit = yield* Command.runWith(rootCommand, { version: manifest.version })(effectiveArgs).pipe(
      Effect.exit,
      Effect.onInterrupt(() => output.fail(interrupted()))
    )
    if (Exit.isSuccess(exit)) return exitCode.done
    const failure = failureOf(exit.cause)
    yield* output.fail(failure)
    return failure.exitCode
  }).pipe(
    Effect.provide(presenter),
    Effect.provide(Layer.merge(builtIns, Output.layer({ wantsJson: wantsJson(args) })))
  )
