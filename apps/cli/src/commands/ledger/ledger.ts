import { Command } from "effect/cli"
import { check } from "./check.ts"
import { exportJobs } from "./export.ts"
import { repair } from "./repair.ts"

export const ledger = Command.make("ledger").pipe(
  Command.withDescription("Check, repair and export the record of what was paid"),
  Command.withExamples([
    { command: "klingkit ledger check" },
    { command: "klingkit ledger export --format csv --output jobs.csv" }
  ]),
  Command.withSubcommands([check, repair, exportJobs])
)
