import { familyOfHandle, maxUsd, type Quote, sumOfQuotes } from "@klingkit/core"
import { credentialsFromConfig, quotedText, usdText } from "@klingkit/core/internal"
import { isPipeline } from "@klingkit/core/requests"
import { spendLimits } from "@klingkit/jobs"
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
import { type LineResult, runLine } from "./run-line.ts"

const { key: _key, take: _take, allowDuplicate: _allowDuplicate, again: _again, dryRun, ...shared } = paidFlags

export const batch = Command.make(
  "batch",
  {
    file: Argument.String("manifest").pipe(
      Argument.withDescription("a .csv, .yaml or .json file with one request per line")
    ),
    parallel: Flag.Int("parallel").pipe(
      Flag.withMetavar("count"),
      Flag.withDescription("submit this many lines at once; default 4"),
      Flag.filter(
        (count) => count >= 1 && count <= 50,
        () => "must be 1 to 50"
      ),
      Flag.withDefault(4)
    ),
    dryRun: dryRun.pipe(Flag.withDescription("print each request, its price and the total without sending anything")),
    ...shared
  },
  Effect.fnUntraced(function* ({ file, parallel, ...flags }) {
    const output = yield* Output
    const planned = yield* Effect.flatMap(readManifest(file), planLines)
    const problems = planned.flatMap((entry) => ("problems" in entry ? entry.problems : []))
    if (problems.length > 0) return yield* usageError(problems)
    const lines = planned.flatMap((entry) => ("line" in entry ? [entry.line] : []))
    const quote = { ...sumOfQuotes(lines.map(({ plan }) => plan.quote)), rule: "the sum of all lines" }
    yield* Effect.forEach(lines, ({ id, plan }) =>
      Effect.forEach(plan.warnings, (warning) => output.say(`Warning: line ${id}: ${warning}`))
    )
    if (flags.dryRun) return yield* showLines(lines, quote)
    yield* credentialsFromConfig
    yield* requireApproval(quote, flags.yes)
    yield* output.say(
      `${lines.length} lines, ${quotedText(quote)} in total; lines already sent are reused and not charged again`
    )
    const finished = yield* Ref.make(0)
    const results = yield* Effect.forEach(
      lines,
      (line) =>
        Effect.tap(runLine(line, flags), ({ id, status }) =>
          Effect.flatMap(
            Ref.updateAndGet(finished, (count) => count + 1),
            (count) => output.say(`${count} of ${lines.length}: line ${id}: ${status}`)
          )
        ),
      { concurrency: parallel }
    ).pipe(Effect.provide(connection))
    yield* printResults(results)
    yield* failIfAny(results, flags.wait || flags.output._tag === "Some")
  })
).pipe(
  Command.withDescription("Run many requests from a file; safe to re-run: no line is charged twice"),
  Command.withExamples([
    { command: "klingkit batch videos.csv --dry-run", description: "Each request, its price and the total" },
    { command: "klingkit batch videos.yaml --output ./videos", description: "Wait for all lines and save the results" },
    { command: "klingkit batch videos.yaml --wait --json --timeout 2h", description: "For a script" }
  ])
)

const showLines = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, quote: Quote) {
  const output = yield* Output
  yield* output.answer({
    json: {
      dryRun: true,
      quote: quoteView(quote),
      lines: lines.map(({ id, plan }) => ({
        id,
        ...(isPipeline(plan)
          ? {
              steps: plan.steps.map((step) => ({
                id: step.id,
                operation: step.plan.operation.id,
                input: step.plan.input
              }))
            }
          : { operation: plan.operation.id, model: plan.model, input: plan.input }),
        quote: quoteView(plan.quote),
        warnings: plan.warnings
      }))
    },
    text: [
      ...lines.map(({ id, plan }) => `Line ${id}: ${operationsText(plan)}, ${quoteText(plan.quote)}`),
      `Quote: ${quoteText(quote)}`,
      "Nothing was sent."
    ].join("\n")
  })
})

const operationsText = (plan: Line["plan"]): string =>
  isPipeline(plan) ? plan.steps.map((step) => step.plan.operation.id).join(" + ") : plan.operation.id

/** The total needs the same approval as a single request of that price. */
const requireApproval = Effect.fnUntraced(function* (quote: Quote, yes: boolean) {
  const { confirmAboveUsd } = yield* spendLimits
  const highest = maxUsd(quote)
  if (yes || confirmAboveUsd === undefined || (highest !== undefined && highest <= confirmAboveUsd)) return
  return yield* new CommandError({
    failure: {
      code: "JOB_NOT_APPROVED",
      message: `all lines together cost ${highest === undefined ? "an unknown amount" : usdText(highest)}; approval is required above ${usdText(confirmAboveUsd)} (KLINGKIT_CONFIRM_ABOVE_USD)`,
      suggestion: "check it with --dry-run, then approve it with --yes; nothing was sent",
      charged: "no",
      exitCode: exitCode.notApproved
    }
  })
})

const printResults = Effect.fnUntraced(function* (results: ReadonlyArray<LineResult>) {
  const output = yield* Output
  yield* output.answer({
    json: results.map(({ failure, message: _message, isUnanswered: _isUnanswered, ...result }) => ({
      ...result,
      ...(failure === undefined
        ? {}
        : { error: { code: failure.code, message: failure.message, charged: failure.charged } })
    })),
    text: table(
      results,
      [
        { title: "line", value: ({ id }) => id },
        { title: "status", value: ({ status }) => status },
        { title: "task", value: ({ handle }) => handle },
        { title: "files", value: ({ files = [] }) => filesText(files) },
        { title: "message", value: ({ failure, message }) => failure?.message ?? message }
      ],
      output.stdoutIsTerminal
    )
  })
})

/** The files of one line share a folder, so one path is enough; a cell with all of them would be truncated. */
const filesText = (files: ReadonlyArray<string>): string | undefined =>
  files.length < 2 ? files[0] : `${files.length} files: ${files[0]} ...`

/** One exit code for all lines: spending first, then failures, then running tasks. */
const failIfAny = Effect.fnUntraced(function* (results: ReadonlyArray<LineResult>, isAwaited: boolean) {
  const failed = results.filter(({ status }) => status === "failed")
  const running = results.filter(({ status }) => status !== "failed" && status !== "succeed")
  const isOverLimit = failed.some(({ failure }) => failure?.exitCode === exitCode.notApproved)
  const code: ExitCode | undefined = isOverLimit
    ? exitCode.notApproved
    : failed.length > 0
      ? exitCode.failed
      : running.some(
            ({ handle = "", isUnanswered = false }) => isAwaited || isUnanswered || familyOfHandle(handle) === "chain"
          )
        ? exitCode.stillRunning
        : undefined
  if (code === undefined) return
  return yield* new CommandError({
    failure: {
      code: code === exitCode.stillRunning ? "CLI_STILL_RUNNING" : "CLI_LINES_FAILED",
      message: `${failed.length} of ${results.length} lines failed, ${running.length} still running`,
      suggestion: `${failed.length === 0 ? "" : "fix what the messages name, then "}run the same command again: lines already sent are reused and not charged again`,
      charged: results.some(({ handle }) => handle !== undefined) ? "maybe" : "no",
      exitCode: code
    }
  })
})
