import { KlingError, type Quote, sumOfQuotes } from "@klingkit/core"
import { credentialsFromConfig, quotedText } from "@klingkit/core/internal"
import { Jobs, LedgerError } from "@klingkit/jobs"
import { Effect, Option, Ref } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { connection } from "../../connection.ts"
import { usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { beforePaying, createFolder, requireDestinations } from "../destination.ts"
import { paidFlags, timeoutOfAllFlag } from "../paid-flags.ts"
import { type JobNames, tellOfJobs } from "../tell-of-jobs.ts"
import { asNew, findLines, type LineToRun, type WhichTake } from "./find-lines.ts"
import { firstTen } from "./line-error.ts"
import { lineDestination, lineOutput } from "./line-destination.ts"
import { type Line, planLines } from "./plan-line.ts"
import { failIfAny, printResults, showLines } from "./print-batch.ts"
import { readManifest } from "./read-manifest.ts"
import { runLine } from "./run-line.ts"
import { selectLines } from "./select-lines.ts"

const {
  key: _key,
  variants: _variants,
  allowDuplicate: _allowDuplicate,
  again: _again,
  dryRun,
  take,
  timeout: _timeout,
  ...shared
} = paidFlags

const flags = {
  parallel: Flag.Int("parallel").pipe(
    Flag.withMetavar("count"),
    Flag.withDescription("submit this many lines at once; default 4"),
    Flag.filter(
      (count) => count >= 1 && count <= 50,
      () => "must be 1 to 50"
    ),
    Flag.withDefault(4)
  ),
  only: Flag.String("only").pipe(
    Flag.withMetavar("id"),
    Flag.withDescription("run only this line, by its id or number; may be repeated"),
    Flag.atLeast(0)
  ),
  retryFailed: Flag.Boolean("retry-failed").pipe(
    Flag.withoutNegation,
    Flag.withDescription("try lines again whose task failed, as their next take; the others are not charged again"),
    Flag.withDefault(false)
  ),
  encoding: Flag.String("encoding").pipe(
    Flag.withMetavar("name"),
    Flag.withDescription(
      "how the file is encoded, such as windows-1252; default UTF-8, or as its byte order mark says"
    ),
    Flag.optional
  ),
  take: take.pipe(
    Flag.withDescription("which result of each line this is: with --only, 2 makes another one of a line")
  ),
  dryRun: dryRun.pipe(Flag.withDescription("print each request, its price and the total without sending anything")),
  timeout: timeoutOfAllFlag,
  ...shared
}

export const batch = Command.make(
  "batch",
  {
    file: Argument.String("manifest").pipe(
      Argument.withDescription("a .csv, .tsv, .yaml or .json file with one request per line")
    ),
    ...flags
  },
  Effect.fnUntraced(function* ({ file, ...given }) {
    const output = yield* Output
    const which = { take: Option.getOrUndefined(given.take), retryFailed: given.retryFailed }
    if (which.take !== undefined && which.retryFailed) {
      return yield* usageError([
        { field: "--take", message: "cannot be combined with --retry-failed, which chooses it" }
      ])
    }
    const manifest = yield* readManifest(file, "lines", Option.getOrUndefined(given.encoding))
    const { lines, problems } = selectLines(yield* planLines(manifest), given.only)
    if (problems.length > 0) return yield* usageError(firstTen(problems))
    yield* Effect.forEach(lines, ({ id, plan }) =>
      Effect.forEach(plan.warnings, (warning) => output.say(`Warning: line ${id}: ${warning}`))
    )
    if (given.dryRun) {
      const { toRun, notes } = yield* lookUp(lines, which)
      yield* destinationsOf(toRun, given)
      return yield* showLines(toRun, quoteOf(toRun), notes)
    }
    yield* credentialsFromConfig
    yield* tellOfJobs((names) => run(lines, which, given, names)).pipe(Effect.provide(connection))
  })
).pipe(
  Command.withDescription("Run many requests from a file; safe to re-run: no line is charged twice"),
  Command.withExamples([
    { command: "klingkit batch videos.csv --dry-run", description: "Each request, its price and the total" },
    {
      command: "klingkit batch videos.yaml --output ./videos",
      description: "Wait for all lines and save the results, named by their ids"
    },
    { command: "klingkit batch videos.yaml --output ./videos --retry-failed", description: "Failed lines again" },
    {
      command: "klingkit batch videos.yaml --output ./videos --only fox --take 2",
      description: "Another one of a line"
    },
    { command: "klingkit batch videos.yaml --wait --json --timeout 2h", description: "For a script" }
  ])
)

type Given = Command.Command.Config.Infer<typeof flags>

const run = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, which: WhichTake, given: Given, names: JobNames) {
  const output = yield* Output
  const toRun = yield* findLines(lines, which)
  const destinations = yield* destinationsOf(toRun, given)
  const quote = quoteOf(toRun)
  // The total needs the same approval as a single request of that price.
  yield* Jobs.use((jobs) => jobs.requireApprovalOfSum(quote, { isApproved: given.yes }))
  const folders = new Set([...destinations.values()].map(({ folder }) => folder))
  yield* Effect.forEach(folders, (folder) => createFolder(folder))
  yield* output.say(summaryText(toRun, quote))
  yield* names.expect(toRun.length)
  const finished = yield* Ref.make(0)
  const { wait, timeout, force, yes, parallel } = given
  const results = yield* Effect.forEach(
    toRun,
    (one) =>
      Effect.tap(
        runLine(one, {
          wait,
          deadline: timeout,
          force,
          yes,
          destination: destinations.get(one),
          onStart: (handle) => names.add(handle, { kind: "line", id: one.line.id })
        }),
        ({ id, status }) =>
          Effect.flatMap(
            Ref.updateAndGet(finished, (count) => count + 1),
            (count) => output.say(`${count} of ${toRun.length}: line ${id}: ${status}`)
          )
      ),
    { concurrency: parallel }
  )
  yield* printResults(results)
  yield* failIfAny(results, wait || Option.isSome(given.output))
})

/** What a run would find. A dry run needs neither a credential nor a ledger; without them every line counts as new. */
const lookUp = (lines: ReadonlyArray<Line>, which: WhichTake) =>
  Effect.andThen(credentialsFromConfig, findLines(lines, which).pipe(Effect.provide(connection))).pipe(
    Effect.map((toRun) => ({ toRun, notes: [] })),
    Effect.catchIf(isWithoutLedger, () =>
      Effect.succeed({
        toRun: lines.map((line) => asNew(line, which.take)),
        notes: ["the ledger was not looked into: lines that were sent before are counted too, but not charged again"]
      })
    )
  )

/** There is no credential to look with, or no ledger that can be read. What else fails would keep a run from starting. */
const isWithoutLedger = (error: unknown): boolean =>
  error instanceof KlingError
    ? error.reason._tag === "MissingCredentials"
    : error instanceof LedgerError && error.isAboutStorage

/** Where the results of each line are saved, if they are. Fails with all that would keep them from being saved. */
const destinationsOf = Effect.fnUntraced(function* (
  toRun: ReadonlyArray<LineToRun>,
  given: Pick<Given, "output" | "force" | "take">
) {
  const options = yield* Effect.forEach(toRun, (one) => lineOutput(one, given, Option.isSome(given.take)))
  yield* beforePaying(requireDestinations(options.flatMap(Option.toArray)))
  const entries = yield* Effect.forEach(toRun, (one, index) =>
    Effect.forEach(Option.toArray(options[index] ?? Option.none()), (own) =>
      Effect.map(lineDestination(own), (destination) => [one, destination] as const)
    )
  )
  return new Map(entries.flat())
})

/** What is paid now: what earlier runs have made is not. */
const quoteOf = (toRun: ReadonlyArray<LineToRun>): Quote => ({
  ...sumOfQuotes(toRun.filter(({ isPaidNow }) => isPaidNow).map(({ line }) => line.plan.quote)),
  rule: "the sum of all lines"
})

const summaryText = (toRun: ReadonlyArray<LineToRun>, quote: Quote): string => {
  const paid = toRun.filter(({ isPaidNow }) => isPaidNow).length
  const found = toRun.length - paid
  const reused = found === 0 ? "" : `; ${found} found from earlier runs, not charged again`
  return `${toRun.length} ${toRun.length === 1 ? "line" : "lines"}: ${paid === 0 ? "nothing to pay" : `${paid} to pay, ${quotedText(quote)} in total`}${reused}`
}
