import type { DatabaseSync } from "node:sqlite"

type Values = Record<string, string | number | null>

/** Without these a row could not be recognized as a duplicate, or not be counted. */
const needed = ["handle", "principal", "account", "fingerprint", "state", "created_at", "spent_micros", "spent_day"]

const rule = "only the indexes of a damaged ledger still had this job"

/**
 * Jobs as far as the indexes know them: whose they are, what identifies the request, its state, its task, and what limits count.
 * Indexes lie on pages of their own, so that a lost row is still found and never paid again.
 */
export const rebuildJobs = (database: DatabaseSync): ReadonlyMap<string, Values> => {
  const rows = new Map<number, Values>()
  for (const { name } of database.prepare("PRAGMA index_list(klingkit_jobs)").all()) {
    for (const { id, ...values } of readIndex(database, String(name))) {
      rows.set(Number(id), { ...rows.get(Number(id)), ...values })
    }
  }
  const whole = [...rows.values()].filter((row) => needed.every((column) => row[column] !== undefined))
  return new Map(whole.map((row) => [String(row["handle"]), completed(row)]))
}

function* readIndex(database: DatabaseSync, index: string): Generator<Values> {
  try {
    const columns = database.prepare(`PRAGMA index_info(${index})`).all()
    const names = columns.map(({ name }) => String(name)).join(", ")
    const entries = database.prepare(
      `SELECT rowid AS id, ${names} FROM klingkit_jobs INDEXED BY ${index} ORDER BY ${names}`
    )
    for (const entry of entries.iterate()) yield entry as Values
  } catch {
    // What this index lacks from here on, another may have.
  }
}

/** What no index has. It counts as sent twice, so that it is looked up and never sent again. */
const completed = (row: Values): Values => {
  const { handle, state, created_at: createdAt = 0, spent_micros: spent } = row
  const isUnsent = state === "INTENT" || state === "REFUSED"
  const isFinished = ["REFUSED", "SUCCEEDED", "FAILED", "FETCHED"].includes(String(state))
  return {
    operation: "",
    family: String(handle).split("-")[1] ?? "",
    model: "",
    generation: "",
    quote: JSON.stringify({ state: "estimate", priceUsd: Number(spent) / 1e6, rule }),
    sends: isUnsent ? 0 : 2,
    sent_at: isUnsent ? null : createdAt,
    message: rule,
    outputs: "[]",
    charges: "[]",
    files: "[]",
    lease_fence: 1,
    updated_at: createdAt,
    finished_at: isFinished ? createdAt : null,
    ...row
  }
}
