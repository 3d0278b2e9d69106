import { DatabaseSync } from "node:sqlite"
import { readRows } from "./read-rows.ts"
import { rebuildJobs } from "./rebuild-rows.ts"

/** A row that is in the damaged file only. */
export interface LostRow {
  readonly table: string
  readonly handle?: string
  readonly detail: string
  /** The new file has what the indexes know of it: it is found, counted, and not paid again. */
  readonly isRebuilt?: boolean
}

/** Copies tables, every readable row, and indexes into a new file; returns which rows could not be read. */
export const copyReadable = (damaged: DatabaseSync, path: string): ReadonlyArray<LostRow> => {
  const schema = damaged.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").all()
  const named = schema.map(({ type, name, sql }) => ({ type: String(type), name: String(name), sql: String(sql) }))
  const tables = named.filter(({ type, name }) => type === "table" && !name.startsWith("sqlite_"))
  const lost: Array<LostRow> = []
  const target = new DatabaseSync(path)
  try {
    target.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN")
    for (const { name, sql } of tables) {
      target.exec(sql)
      lost.push(...copyTable(damaged, target, name))
      if (name === "klingkit_jobs") insertRebuilt(damaged, target, lost)
    }
    for (const { type, sql } of named) if (type === "index") lost.push(...createIndex(target, sql))
    target.exec("COMMIT")
    return lost
  } finally {
    target.close()
  }
}

const insert = (target: DatabaseSync, table: string, row: Readonly<Record<string, unknown>>): void => {
  const names = Object.keys(row)
  const values = names.map((name) => row[name] as string | number | null)
  target
    .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`)
    .run(...values)
}

const insertRebuilt = (damaged: DatabaseSync, target: DatabaseSync, lost: Array<LostRow>): void => {
  if (lost.length === 0) return
  const rebuilt = rebuildJobs(damaged)
  for (const [index, row] of lost.entries()) {
    const known = row.table === "klingkit_jobs" ? rebuilt.get(row.handle ?? "") : undefined
    if (known === undefined) continue
    insert(target, "klingkit_jobs", known)
    lost[index] = { ...row, isRebuilt: true }
  }
}

const copyTable = (damaged: DatabaseSync, target: DatabaseSync, table: string): ReadonlyArray<LostRow> => {
  const lost: Array<LostRow> = []
  for (const stored of readRows(damaged, table)) {
    if (stored._tag === "Lost") {
      lost.push({ table, ...(stored.handle === undefined ? {} : { handle: stored.handle }), detail: stored.detail })
      continue
    }
    try {
      insert(target, table, stored.row)
    } catch (error) {
      const handle = stored.row["handle"]
      lost.push({ table, ...(typeof handle === "string" ? { handle } : {}), detail: (error as Error).message })
    }
  }
  return lost
}

/** Rows that damage has made alike keep their place: without the index nothing is lost. */
const createIndex = (target: DatabaseSync, sql: string): ReadonlyArray<LostRow> => {
  try {
    target.exec(sql)
    return []
  } catch (error) {
    return [{ table: "indexes", detail: `${sql}: ${(error as Error).message}` }]
  }
}
