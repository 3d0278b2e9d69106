import { Predicate } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

type StorageTag = "CannotOpen" | "Locked" | "ReadOnly" | "DiskFull" | "Unreadable" | "NotResponding" | "StorageFailed"

/** SQLite's primary result codes. */
const sqliteCodes: Readonly<Record<number, StorageTag>> = {
  3: "CannotOpen",
  5: "Locked",
  6: "Locked",
  8: "ReadOnly",
  10: "CannotOpen",
  11: "Unreadable",
  13: "DiskFull",
  14: "CannotOpen",
  23: "CannotOpen",
  26: "Unreadable"
}

/** PostgreSQL's SQLSTATE, or its first two characters. */
const sqlStates: Readonly<Record<string, StorageTag>> = {
  "08": "CannotOpen",
  "28": "CannotOpen",
  "3D": "CannotOpen",
  "57": "CannotOpen",
  "57014": "NotResponding",
  "42501": "CannotOpen",
  "25006": "ReadOnly",
  "53100": "DiskFull",
  "53300": "CannotOpen",
  "55P03": "Locked"
}

const fromCause = (cause: unknown): StorageTag | undefined => {
  if (Predicate.hasProperty(cause, "errcode") && typeof cause.errcode === "number") {
    return sqliteCodes[cause.errcode & 0xff]
  }
  if (!Predicate.hasProperty(cause, "code") || typeof cause.code !== "string") return undefined
  return sqlStates[cause.code] ?? sqlStates[cause.code.slice(0, 2)]
}

const textOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "message") && typeof cause.message === "string" ? cause.message : "unknown reason"

/** A failure of the database as a `LedgerError`. `location` names the file or the server, without credentials. */
export const storageFailure = (
  error: SqlError,
  location: string,
  beforeSending: boolean,
  answerMillis = 0
): LedgerError => {
  const { cause } = error.reason
  const unreachable = error.reason._tag === "ConnectionError" || error.reason._tag === "AuthenticationError"
  const tag = fromCause(cause) ?? (unreachable ? "CannotOpen" : "StorageFailed")
  return ledgerError({ _tag: tag, location, detail: textOf(cause), seconds: answerMillis / 1000 }, beforeSending)
}
