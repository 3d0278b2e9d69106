import { closeSync, openSync, readFileSync, writeSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"

/** Overwrites the middle page of a table or an index, as a failing disk does; the file must not be open. */
export const damagePage = (path: string, name: string): void => {
  const database = new DatabaseSync(path)
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)")
  const root = Number(database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name)?.["rootpage"])
  const size = Number(database.prepare("PRAGMA page_size").get()?.["page_size"])
  database.close()
  const file = readFileSync(path)
  // The pages of the root, by SQLite's file format: cells with the number of a page each.
  const start = (root - 1) * size
  const cells = file.readUInt16BE(start + 3)
  const cell = file.readUInt16BE(start + 12 + 2 * Math.floor(cells / 2))
  const page = file.readUInt32BE(start + cell)
  overwrite(path, (page - 1) * size)
}

/** Overwrites the header, without which a file is no database. */
export const damageHeader = (path: string): void => overwrite(path, 0)

const overwrite = (path: string, position: number): void => {
  const handle = openSync(path, "r+")
  writeSync(handle, Buffer.alloc(1024, "Z"), 0, 1024, position)
  closeSync(handle)
}
