import { Config, Effect, Option, Redacted, Stream } from "effect"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { type ExportItem, exportLines, exportTable } from "../ledger/export-rows.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import type { LedgerReport } from "../ledger/ledger-report.ts"
import { checkFile } from "./check-file.ts"
import { dataFolder } from "./data-folder.ts"
import { openStored } from "./stored-file.ts"

/** Where a ledger is: a file, or a database on a server. */
export type LedgerLocation = { readonly file: string } | { readonly url: Redacted.Redacted }

/** The ledger that the environment selects. */
export const configuredLocation: Effect.Effect<LedgerLocation, LedgerError> = Effect.gen(function* () {
  const url = yield* Config.option(Config.Redacted("KLINGKIT_DATABASE_URL")).pipe(
    Effect.orElseSucceed(() => Option.none<Redacted.Redacted>())
  )
  if (Option.isSome(url) && Redacted.value(url.value).trim() !== "") return { url: url.value }
  return { file: join(yield* dataFolder, "ledger.db") }
})

// Loaded only when used.
const postgres = Effect.promise(() => import("../postgres/stored-server.ts"))

/** What a ledger holds and what is wrong with it. Never fails, and changes nothing. */
export const checkLedger = (location: LedgerLocation): Effect.Effect<LedgerReport> =>
  "file" in location
    ? checkFile(location.file)
    : Effect.flatMap(postgres, ({ checkServer }) => checkServer(location.url))

/** Every job and pipeline, line by line, as far as the ledger can be read: JSON objects, or CSV of the jobs. */
export const exportLedger = (
  location: LedgerLocation,
  format: "jsonl" | "csv"
): Stream.Stream<ExportItem, LedgerError> => {
  const opened =
    "file" in location
      ? openFile(resolve(location.file))
      : Effect.flatMap(postgres, ({ openServer }) => openServer(location.url))
  return Stream.unwrap(
    Effect.flatMap(opened, (ledger) =>
      ledger === undefined
        ? Effect.fail(ledgerError({ _tag: "Unreadable", location: nameOf(location), detail: "it has no jobs" }, true))
        : Effect.succeed(format === "csv" ? exportTable(ledger) : exportLines(ledger))
    )
  )
}

const nameOf = (location: LedgerLocation): string => ("file" in location ? resolve(location.file) : "PostgreSQL")

const openFile = (path: string) =>
  existsSync(path)
    ? openStored(path)
    : ledgerError({ _tag: "CannotOpen", location: path, detail: "there is no such file" }, true)
