import { Effect, Layer } from "effect"
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { platform } from "node:process"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { freeBytes as freeBytesIn } from "../node/free-bytes.ts"
import { dataFolder } from "./data-folder.ts"
import { layerSqliteClient } from "./sqlite-client.ts"

export interface SqliteLedgerOptions {
  /** How long to wait for other programs that are writing; 10,000 when absent. */
  readonly lockMillis?: number
  /** Bytes that are free where the file lies; the system is asked when absent. */
  readonly freeBytes?: Effect.Effect<number | undefined>
}

/**
 * A ledger in one file, shared by all programs of this user. File and folder are made when absent, for the user's
 * eyes only. What keeps it from being opened or written is a `LedgerError`; it never falls back to memory.
 */
export const layerSqlite = (path: string, options: SqliteLedgerOptions = {}): Layer.Layer<Ledger, LedgerError> => {
  const place = resolve(path)
  const { lockMillis = 10_000, freeBytes = freeBytesIn(dirname(place)) } = options
  return Layer.unwrap(Effect.as(makeFile(place), layerAt(place, place, lockMillis, freeBytes)))
}

/** The ledger `ledger.db` below `KLINGKIT_HOME`, or where this platform keeps the data of programs. */
export const layerSqliteConfig: Layer.Layer<Ledger, LedgerError> = Layer.unwrap(
  Effect.map(dataFolder, (folder) => layerSqlite(join(folder, "ledger.db")))
)

const layerAt = (
  path: string,
  place: string,
  lockMillis: number,
  freeBytes: Effect.Effect<number | undefined>
): Layer.Layer<Ledger, LedgerError> =>
  Ledger.layer({ place, freeBytes }).pipe(
    Layer.provide(layerSqliteClient(path, lockMillis)),
    Layer.catchTag("SqlError", (error) => Layer.effect(Ledger, Effect.fail(storageFailure(error, place, true))))
  )

/** For tests: a ledger that forgets everything when it is closed. */
export const layerSqliteMemory: Layer.Layer<Ledger, LedgerError> = layerAt(
  ":memory:",
  "in memory",
  0,
  Effect.succeed(undefined)
)

/** Makes folder and file with narrow rights; SQLite gives its side files the rights of the file. */
const makeFile = (path: string): Effect.Effect<void, LedgerError> =>
  Effect.try({
    try: () => {
      const isNew = !existsSync(path)
      makeFolder(dirname(path))
      closeSync(openSync(path, "a+", 0o600))
      if (platform === "win32") return
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
      if (isNew) syncFolder(dirname(path))
    },
    catch: (cause) => openFailure(path, cause as NodeJS.ErrnoException)
  })

/** Folder by folder: below `/proc` Node's own recursive way never comes back. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another program was quicker.
    if (!existsSync(folder)) throw error
  }
}

/** A new file's name is safe from power loss only when its folder is. */
const syncFolder = (folder: string): void => {
  const handle = openSync(folder, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const openFailure = (place: string, { code, message }: NodeJS.ErrnoException): LedgerError => {
  switch (code) {
    case "EROFS":
      return ledgerError({ _tag: "ReadOnly", place }, true)
    case "ENOSPC":
    case "EDQUOT":
      return ledgerError({ _tag: "DiskFull", place }, true)
    default:
      return ledgerError({ _tag: "CannotOpen", place, detail: message }, true)
  }
}
