import type { DatabaseSync } from "node:sqlite"
import { StoredRow } from "../ledger/stored-ledger.ts"

const batchSize = 64

/** How far beyond the last known row to look where neither table nor index say which is the last. */
const searchAhead = 10_000

const rowid = "klingkit_rowid"

/**
 * The rows of a table in order of their creation. Where a page cannot be read, those behind it are looked up one by one, so
 * that only what was on the page is lost.
 */
export function* readRows(database: DatabaseSync, table: string): Generator<StoredRow> {
  const next = database.prepare(`SELECT rowid AS ${rowid}, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`)
  let last = 0
  for (;;) {
    const rows = attempt(() => next.all(last, batchSize))
    if (typeof rows === "string") break
    for (const { [rowid]: id, ...row } of rows) {
      last = Number(id)
      yield StoredRow.Row({ row })
    }
    if (rows.length < batchSize) return
  }
  yield* readSingly(database, table, last)
}

function* readSingly(database: DatabaseSync, table: string, after: number): Generator<StoredRow> {
  const one = database.prepare(`SELECT rowid AS ${rowid}, * FROM ${table} WHERE rowid = ?`)
  const { handles, isWhole } = handlesByRow(database, table, after)
  const max = attempt(() => Number(database.prepare(`SELECT MAX(rowid) AS id FROM ${table}`).get()?.["id"] ?? 0))
  const lastKnown = Math.max(after, ...[...handles.keys()].slice(-1), typeof max === "number" ? max : 0)
  const end = isWhole || typeof max === "number" ? lastKnown : lastKnown + searchAhead
  for (let id = after + 1; id <= end; id++) {
    const found = attempt(() => one.get(id))
    const handle = handles.get(id)
    if (typeof found === "object") {
      const { [rowid]: _id, ...row } = found
      yield StoredRow.Row({ row })
    } else if (handle !== undefined) {
      yield StoredRow.Lost({ handle, detail: found ?? "its index has it, its table does not" })
    } else if (found !== undefined && id <= lastKnown && !isWhole) {
      yield StoredRow.Lost({ detail: found })
    }
  }
}

/** The handles that the index of the primary key still has: it lies on pages of its own. */
const handlesByRow = (database: DatabaseSync, table: string, after: number) => {
  const handles = new Map<number, string>()
  const failed = attempt(() => {
    const known = database
      .prepare(`SELECT rowid AS id, handle FROM ${table} INDEXED BY sqlite_autoindex_${table}_1 WHERE handle > ''`)
      .iterate()
    for (const { id, handle } of known) if (Number(id) > after) handles.set(Number(id), String(handle))
  })
  return { handles: new Map([...handles].toSorted(([a], [b]) => a - b)), isWhole: failed === undefined }
}

/** The result, or why there is none. */
const attempt = <A>(read: () => A): A | string => {
  try {
    return read()
  } catch (error) {
    return (error as Error).message
  }
}
