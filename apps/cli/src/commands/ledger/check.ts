import { checkLedger, isHarmless, type LedgerReport } from "@klingkit/jobs/maintenance"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { exitCode } from "../../output/exit-code.ts"
import { CommandError, failureError } from "../../output/failure.ts"
import { Output } from "../../output/output.ts"
import { findingText } from "./finding-text.ts"
import { fileFlag, locationOf } from "./ledger-location.ts"
import { reportText, reportView } from "./report-view.ts"

export const check = Command.make(
  "check",
  { file: fileFlag },
  Effect.fnUntraced(function* ({ file }) {
    const output = yield* Output
    const report = yield* Effect.flatMap(locationOf(file), checkLedger)
    const unsound = unsoundness(report)
    yield* output.answer({
      json: { ...reportView(report), ...errorOf(unsound) },
      text: reportText(report, output.stdoutIsTerminal)
    })
    if (unsound !== undefined) return yield* unsound
  })
).pipe(
  Command.withDescription(
    "Check the ledger without changing it: its id, version, every row, what is in doubt; exit code 1 if it is not sound"
  ),
  Command.withExamples([
    { command: "klingkit ledger check" },
    { command: "klingkit ledger check --file ledger.db.backup-20261130T120000Z", description: "Check a backup" },
    { command: "klingkit ledger check --json", description: "For a script" }
  ])
)

/** A ledger that does not exist yet is no problem; one that programs refuse, or cannot read whole, is. */
export const unsoundness = (report: LedgerReport): CommandError | undefined => {
  const first = report.findings.find((finding) => !isHarmless(finding))
  if (first === undefined) return undefined
  const { what, next } = findingText(first)
  return new CommandError({
    failure: {
      code: "CLI_LEDGER_UNSOUND",
      message: `the ledger ${report.location} is not sound: ${what}`,
      suggestion: next,
      charged: "no",
      exitCode: exitCode.failed
    }
  })
}

/** In JSON the error lies beside the answer. */
export const errorOf = (failed: CommandError | undefined): object =>
  failed === undefined ? {} : { error: failureError(failed.failure) }
