import { freeBytes as freeBytesIn } from "@klingkit/media/node"
import { Effect, Layer } from "effect"
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { platform } from "node:process"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { lockMillisOf, type LockOptions } from "../ledger/lock-options.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { dataFolder } from "./data-folder.ts"
import { layerSqliteClient } from "./sqlite-client.ts"

export interface SqliteLedgerOptions extends LockOptions {
  /** Free bytes on the disk of the file; read from the system when absent. */
  readonly freeBytes?: Effect.Effect<number | undefined>
}

/**
 * A ledger in one file, shared by all processes of this user. File and folder are created if absent, readable by this
 * user only. A failure to open or write it is a `LedgerError`; it never falls back to memory.
 */
export const layerSqlite = (path: string, options: SqliteLedgerOptions = {}): Layer.Layer<Ledger, LedgerError> => {
  const location = resolve(path)
  const { freeBytes = freeBytesIn(dirname(location)) } = options
  return Layer.unwrap(Effect.as(createFile(location), layerAt(location, location, lockMillisOf(options), freeBytes)))
}

/** The file `ledger.db` in `KLINGKIT_HOME`, or in the folder for application data on this platform. */
export const layerSqliteConfig: Layer.Layer<Ledger, LedgerError> = Layer.unwrap(
  Effect.map(dataFolder, (folder) => layerSqlite(join(folder, "ledger.db")))
)

const layerAt = (
  path: string,
  location: string,
  lockMillis: number,
  freeBytes: Effect.Effect<number | undefined>
): Layer.Layer<Ledger, LedgerError> =>
  Ledger.layer({ location, freeBytes }).pipe(
    Layer.provide(layerSqliteClient(path, lockMillis)),
    Layer.catchTag("SqlError", (error) => Layer.effect(Ledger, Effect.fail(storageFailure(error, location, true))))
  )

/** For tests: a ledger that is discarded when it is closed. */
export const layerSqliteMemory: Layer.Layer<Ledger, LedgerError> = layerAt(
  ":memory:",
  "in memory",
  0,
  Effect.succeed(undefined)
)

/** Creates folder and file with narrow permissions; SQLite gives its side files the permissions of the file. */
const createFile = (path: string): Effect.Effect<void, LedgerError> =>
  Effect.try({
    try: () => {
      const isNew = !existsSync(path)
      createFolder(dirname(path))
      closeSync(openSync(path, "a+", 0o600))
      if (platform === "win32") return
      if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
      if (isNew) syncFolder(dirname(path))
    },
    catch: (cause) => openFailure(path, cause as NodeJS.ErrnoException)
  })

/** Folder by folder: below `/proc` Node's recursive option never returns. */
const createFolder = (folder: string): void => {
  if (existsSync(folder)) return
  createFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process created it first.
    if (!existsSync(folder)) throw error
  }
}

/** A new file survives power loss only once its folder is synced. */
const syncFolder = (folder: string): void => {
  const handle = openSync(folder, "r")
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const openFailure = (location: string, { code, message }: NodeJS.ErrnoException): LedgerError => {
  switch (code) {
    case "EROFS":
      return ledgerError({ _tag: "ReadOnly", location }, true)
    case "ENOSPC":
    case "EDQUOT":
      return ledgerError({ _tag: "DiskFull", location }, true)
    default:
      return ledgerError({ _tag: "CannotOpen", location, detail: message }, true)
  }
}
