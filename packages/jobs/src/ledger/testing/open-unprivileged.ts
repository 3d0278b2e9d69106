// Opens the ledger in a read-only folder, and prints the error.
import { Effect, Layer } from "effect"
import { chmodSync } from "node:fs"
import { join } from "node:path"
import { argv, getuid, setuid } from "node:process"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"

const folder = argv[2] ?? ""
chmodSync(join(folder, "ledger.db"), 0o444)
chmodSync(folder, 0o555)
// The superuser may write everywhere.
if (getuid?.() === 0) setuid?.(65_534)

const { code, wasCharged, message } = await Effect.runPromise(
  Effect.flip(Effect.scoped(Layer.build(layerSqlite(join(folder, "ledger.db")))))
)
console.log(JSON.stringify({ code, wasCharged, message }))
