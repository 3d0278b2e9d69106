import { freeBytes as freeBytesIn } from "@klingkit/media/node"
import { Effect, Layer } from "effect"
import { dirname, join, resolve } from "node:path"
import type { LedgerOptions } from "../ledger/database.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { lockMillisOf, type LockOptions } from "../ledger/lock-options.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { dataFolder } from "./data-folder.ts"
import { checkId, createFile, watchFile } from "./ledger-file.ts"
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
  const file = { checkId: (id: string) => checkId(location, id), inPlace: watchFile(location) }
  const layer = layerAt(location, lockMillisOf(options), { location, freeBytes, ...file })
  return Layer.unwrap(Effect.as(createFile(location), layer))
}

/** The file `ledger.db` in `KLINGKIT_HOME`, or in the folder for application data on this platform. */
export const layerSqliteConfig: Layer.Layer<Ledger, LedgerError> = Layer.unwrap(
  Effect.map(dataFolder, (folder) => layerSqlite(join(folder, "ledger.db")))
)

const layerAt = (
  path: string,
  lockMillis: number,
  options: LedgerOptions & { readonly location: string }
): Layer.Layer<Ledger, LedgerError> =>
  Ledger.layer(options).pipe(
    Layer.provide(layerSqliteClient(path, lockMillis)),
    Layer.catchTag("SqlError", (error) =>
      Layer.effect(Ledger, Effect.fail(storageFailure(error, options.location, true)))
    )
  )

/** For tests: a ledger that is discarded when it is closed. */
export const layerSqliteMemory: Layer.Layer<Ledger, LedgerError> = layerAt(":memory:", 0, { location: "in memory" })
