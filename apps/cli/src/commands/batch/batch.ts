import { credentialsFromConfig, mostUsd, type Quote, quotedText, sumOfQuotes, usdText } from "@klingkit/core"
import { Jobs, spendLimits } from "@klingkit/jobs"
import { Effect, Ref } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { exitCode, type ExitCode } from "../../output/exit-code.ts"
import { CommandError, usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { table } from "../../output/table.ts"
import { quoteText, quoteView } from "../../output/task-view.ts"
import { paidFlags } from "../paid-flags.ts"
import { type Line, planLines } from "./plan-line.ts"
import { readManifest } from "./read-manifest.ts"
import { type LineEnd, runLine } from "./run-line.ts"

const { again: _again, dryRun, ...shared } = paidFlags

export const batch = Command.make(
  "batch",
  {
    file: Argument.String("manifest").pipe(Argument.withDescription("a .csv, .yaml or .json file, a request a line")),
    parallel: Flag.Int("parallel").pipe(
      Flag.withMetavar("count"),
      Flag.withDescription("how many lines at once; default 4"),
      Flag.filter(
        (count) => count >= 1 && count <= 50,
        () => "1 to 50 is possible"
      ),
      Flag.withDefault(4)
    ),
    dryRun: dryRun.pipe(Flag.withDescription("show what each line would make, its price, and the sum; send nothing")),
    ...shared
  },
  Effect.fnUntraced(function* ({ file, parallel, ...flags }) {
    const output = yield* Output
    const planned = yield* Effect.flatMap(readManifest(file), planLines)
    const problems = planned.flatMap((one) => ("problems" in one ? one.problems : []))
    if (problems.length > 0) return yield* usageError(problems)
    const lines = planned.flatMap((one) => ("line" in one ? [one.line] : []))
    const quote = { ...sumOfQuotes(lines.map(({ plan }) => plan.quote)), rule: "the sum of all lines" }
    yield* Effect.forEach(lines, ({ id, plan }) =>
      Effect.forEach(plan.warnings, (warning) => output.say(`Warning: line ${id}: ${warning}`))
    )
    if (flags.dryRun) return yield* showLines(lines, quote)
    yield* credentialsFromConfig
    yield* refuseDear(quote, flags.yes)
    yield* output.say(
      `Lines: ${lines.length}, in all ${quotedText(quote)}; what was sent before is found, not paid again`
    )
    const done = yield* Ref.make(0)
    const ends = yield* Effect.forEach(
      lines,
      (line) =>
        Effect.tap(runLine(line, flags), ({ id, status }) =>
          Effect.flatMap(
            Ref.updateAndGet(done, (count) => count + 1),
            (count) => output.say(`${count} of ${lines.length}: line ${id}: ${status}`)
          )
        ),
      { concurrency: parallel }
    ).pipe(Effect.raceFirst(takeUpWhatIsLeft), Effect.provide(connection))
    yield* answerEnds(ends)
    yield* failIfAny(ends, flags.wait || flags.output._tag === "Some")
  })
).pipe(
  Command.withDescription(
    "Many requests from a file. Run again after whatever happened: a line that was sent is never paid twice"
  ),
  Command.withExamples([
    { command: "klingkit batch films.csv --dry-run", description: "What each line would ask and cost, and the sum" },
    { command: "klingkit batch films.yaml --output ./films", description: "Wait for all, and save them" },
    { command: "klingkit batch films.yaml --wait --json --timeout 2h", description: "For a script" }
  ])
)

/** What a run that was killed left in the middle belongs to it for half a minute. */
const takeUpWhatIsLeft = Jobs.use(({ recover }) =>
  Effect.sleep("31 seconds").pipe(Effect.andThen(Effect.forkChild(Effect.ignore(recover))), Effect.forever)
)

const showLines = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, quote: Quote) {
  const output = yield* Output
  yield* output.answer({
    json: {
      dryRun: true,
      quote: quoteView(quote),
      lines: lines.map(({ id, plan }) => ({
        id,
        operation: plan.operation.id,
        model: plan.model,
        input: plan.input,
        quote: quoteView(plan.quote),
        warnings: plan.warnings
      }))
    },
    text: [
      ...lines.map(({ id, plan }) => `Line ${id}: ${plan.operation.id}, ${quoteText(plan.quote)}`),
      `Quote: ${quoteText(quote)}`,
      "Nothing was sent."
    ].join("\n")
  })
})

/** The whole needs the yes that a single request of its price would need. */
const refuseDear = Effect.fnUntraced(function* (quote: Quote, yes: boolean) {
  const { confirmAboveUsd } = yield* spendLimits
  const most = mostUsd(quote)
  if (yes || confirmAboveUsd === undefined || (most !== undefined && most <= confirmAboveUsd)) return
  return yield* new CommandError({
    failure: {
      code: "JOB_NOT_APPROVED",
      message: `all lines together cost ${most === undefined ? "what nobody knows before" : usdText(most)}, and above ${usdText(confirmAboveUsd)} (KLINGKIT_CONFIRM_ABOVE_USD) an approval is needed`,
      suggestion: "look at --dry-run, then approve it with --yes; nothing was sent",
      charged: "no",
      exitCode: exitCode.notApproved
    }
  })
})

const answerEnds = Effect.fnUntraced(function* (ends: ReadonlyArray<LineEnd>) {
  const output = yield* Output
  yield* output.answer({
    json: ends.map(({ failure, message: _message, ...end }) => ({
      ...end,
      ...(failure === undefined
        ? {}
        : { error: { code: failure.code, message: failure.message, charged: failure.charged } })
    })),
    text: table(
      ends,
      [
        { title: "line", value: ({ id }) => id },
        { title: "status", value: ({ status }) => status },
        { title: "task", value: ({ handle }) => handle },
        { title: "files", value: ({ files = [] }) => placeOf(files) },
        { title: "message", value: ({ failure, message }) => failure?.message ?? message }
      ],
      output.stdoutIsTerminal
    )
  })
})

/** Several files of one line lie in one folder; a cell that names them all would be cut. */
const placeOf = (files: ReadonlyArray<string>): string | undefined =>
  files.length < 2 ? files[0] : `${files.length} files: ${files[0]} ...`

/** One exit code for all: money first, then failures, then what still runs. */
const failIfAny = Effect.fnUntraced(function* (ends: ReadonlyArray<LineEnd>, isAwaited: boolean) {
  const failed = ends.filter(({ status }) => status === "failed")
  const running = ends.filter(({ status }) => status !== "failed" && status !== "succeed")
  const dear = failed.some(({ failure }) => failure?.exitCode === exitCode.notApproved)
  const code: ExitCode | undefined = dear
    ? exitCode.notApproved
    : failed.length > 0
      ? exitCode.failed
      : isAwaited && running.length > 0
        ? exitCode.stillRunning
        : undefined
  if (code === undefined) return
  return yield* new CommandError({
    failure: {
      code: code === exitCode.stillRunning ? "CLI_STILL_RUNNING" : "CLI_LINES_FAILED",
      message: `${failed.length} of ${ends.length} lines failed, ${running.length} have not ended`,
      suggestion: `${failed.length === 0 ? "" : "mend what each line's message names, then "}run the same command again: lines that were sent are found, not paid again`,
      charged: ends.some(({ handle }) => handle !== undefined) ? "maybe" : "no",
      exitCode: code
    }
  })
})
