import { exportLedger } from "@klingkit/jobs/maintenance"
import { JobError, type LedgerError } from "@klingkit/jobs"
import { sanitizeText } from "@klingkit/core/internal"
import { Effect, FileSystem, Option, Path, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { exitCode } from "../../output/exit-code.ts"
import { CommandError, usageError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { forceFlag } from "../paid-flags.ts"
import { errorOf } from "./check.ts"
import { fileFlag, locationOf } from "./ledger-location.ts"

export const exportJobs = Command.make(
  "export",
  {
    file: fileFlag,
    format: Flag.Literals("format", ["jsonl", "csv"]).pipe(
      Flag.withDescription("jsonl: everything, one JSON object per line; csv: a table of the jobs; default jsonl"),
      Flag.withDefault("jsonl" as const)
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("path"),
      Flag.withDescription("the file to write; default: stdout"),
      Flag.optional
    ),
    force: forceFlag
  },
  Effect.fnUntraced(function* ({ file, format, output: target, force }) {
    const output = yield* Output
    if (output.wantsJson && Option.isNone(target)) {
      const message = "prints one document; without it the lines go to stdout, and with --output to a file"
      return yield* usageError([{ field: "--json", message }])
    }
    let lines = 0
    let unreadable = 0
    const rows = Stream.unwrap(Effect.map(locationOf(file), (location) => exportLedger(location, format))).pipe(
      Stream.tap(({ unreadable: row }) => {
        if (row === undefined) return Effect.void
        unreadable += 1
        return output.say(
          `Warning: a ${row.of} cannot be read and is left out: ${sanitizeText(`${row.handle ?? ""} ${row.detail}`, 300)}`
        )
      }),
      Stream.filter(({ text }) => text !== undefined),
      Stream.map(({ text = "" }) => {
        lines += 1
        return text
      })
    )
    if (Option.isNone(target)) yield* output.lines(rows)
    else {
      const path = yield* writeLines(target.value, force, rows)
      const error = unreadable > 0 ? incomplete(unreadable) : undefined
      yield* output.answer({ json: { path, format, lines, unreadable, ...errorOf(error) }, text: path })
    }
    if (unreadable > 0) return yield* incomplete(unreadable)
  })
).pipe(
  Command.withDescription("Export every job and pipeline as JSON lines or CSV, also from a damaged ledger"),
  Command.withExamples([
    { command: "klingkit ledger export --output ledger.jsonl" },
    { command: "klingkit ledger export --format csv --output jobs.csv", description: "For the bookkeeper" }
  ])
)

/** The path of the file, which only this user may read. */
const writeLines = Effect.fnUntraced(function* (
  target: string,
  force: boolean,
  lines: Stream.Stream<string, LedgerError>
) {
  const fs = yield* FileSystem.FileSystem
  const path = (yield* Path.Path).resolve(target)
  const bytes = Stream.encodeText(Stream.map(lines, (line) => `${line}\n`))
  yield* Stream.run(bytes, fs.sink(path, { flag: force ? "w" : "wx", mode: 0o600 })).pipe(
    Effect.catchTag("PlatformError", ({ reason }) =>
      Effect.fail(
        new JobError({
          reason:
            reason._tag === "AlreadyExists"
              ? { _tag: "FileExists", path }
              : { _tag: "FileDenied", path, detail: `cannot write this file: ${reason._tag}` }
        })
      )
    )
  )
  return path
})

const incomplete = (unreadable: number) =>
  new CommandError({
    failure: {
      code: "CLI_LEDGER_INCOMPLETE",
      message: `${unreadable} rows could not be read; the export lacks them`,
      suggestion: "see what can be done: klingkit ledger check",
      charged: "no",
      exitCode: exitCode.failed
    }
  })
