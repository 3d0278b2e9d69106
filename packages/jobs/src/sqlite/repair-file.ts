import { Effect, Layer } from "effect"
import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { LedgerReport } from "../ledger/ledger-report.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { checkFile } from "./check-file.ts"
import { attemptFile, syncFolder, writeId } from "./ledger-file.ts"
import type { RepairPlan, RepairStep } from "./plan-repair.ts"
import { copyReadable, type LostRow } from "./recover-rows.ts"
import { attemptSql } from "./sqlite-client.ts"
import { layerSqlite } from "./sqlite-ledger.ts"

export interface RepairResult {
  /** How the ledger is now. */
  readonly report: LedgerReport
  /** The files as they were. */
  readonly backup?: string
  /** Rows that could not be read; they are in the backup only. */
  readonly lost: ReadonlyArray<LostRow>
}

/** How long to wait for programs that write. */
const lockMillis = 5000

/** Takes the steps of a plan. Programs that have the ledger open should be closed before. */
export const repairFile = Effect.fn("Ledger.repair")(function* ({
  report: { location },
  steps
}: RepairPlan): Effect.fn.Return<RepairResult, LedgerError> {
  const lost: Array<LostRow> = []
  let backup: string | undefined
  for (const step of steps) {
    if ("path" in step) backup = step.path
    lost.push(...(yield* takeStep(location, step)))
  }
  return { report: yield* checkFile(location), ...(backup === undefined ? {} : { backup }), lost }
})

const takeStep = Effect.fnUntraced(function* (
  location: string,
  step: RepairStep
): Effect.fn.Return<ReadonlyArray<LostRow>, LedgerError> {
  const work = <A>(run: () => A) =>
    Effect.mapError(attemptSql("repair", run), (error) => storageFailure(error, location, true))
  switch (step._tag) {
    case "Backup":
      yield* work(() => withLock(location, () => copyFiles(location, step.path)))
      return []
    case "WriteId":
      yield* attemptFile(location, () => writeId(location, step.id))
      return []
    case "Checkpoint":
      yield* work(() => withDatabase(location, (database) => database.exec("PRAGMA wal_checkpoint(TRUNCATE)")))
      return []
    case "Reindex":
      yield* work(() => withDatabase(location, (database) => database.exec("REINDEX")))
      return []
    case "Recover":
      return yield* work(() => recover(location))
    case "BeginAnew":
      yield* attemptFile(location, () => moveFiles(location, step.path))
      yield* Effect.scoped(Layer.build(layerSqlite(location)))
      return []
  }
})

const withDatabase = <A>(location: string, use: (database: DatabaseSync) => A): A => {
  const database = new DatabaseSync(location, { timeout: lockMillis })
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** Runs while no other program writes. A file that SQLite cannot lock because of its damage has no writers either. */
const withLock = <A>(location: string, work: (database: DatabaseSync) => A): A =>
  withDatabase(location, (database) => {
    try {
      database.exec("BEGIN IMMEDIATE")
    } catch (error) {
      if (isBusy(error)) throw error
    }
    return work(database)
  })

const isBusy = (error: unknown): boolean => ((error as { readonly errcode?: number }).errcode ?? 0) % 256 === 5

/** SQLite's log, and the id. What the log holds belongs to the ledger, also in a copy. */
const parts = ["", "-wal", ".id"]

const copyFiles = (from: string, to: string): void => {
  for (const part of parts) {
    if (!existsSync(`${from}${part}`)) continue
    copyFileSync(`${from}${part}`, `${to}${part}`)
    chmodSync(`${to}${part}`, 0o600)
  }
  syncFolder(dirname(to))
}

const moveFiles = (from: string, to: string): void => {
  for (const part of parts) if (existsSync(`${from}${part}`)) renameSync(`${from}${part}`, `${to}${part}`)
  rmSync(`${from}-shm`, { force: true })
  syncFolder(dirname(to))
}

const recover = (location: string): ReadonlyArray<LostRow> => {
  const recovered = `${location}.recovered`
  rmSync(recovered, { force: true })
  const lost = withLock(location, (damaged) => copyReadable(damaged, recovered))
  for (const part of ["-wal", "-shm"]) rmSync(`${location}${part}`, { force: true })
  chmodSync(recovered, 0o600)
  renameSync(recovered, location)
  syncFolder(dirname(location))
  return lost
}
