import { Effect } from "effect"
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync
} from "node:fs"
import { dirname } from "node:path"
import { pid, platform } from "node:process"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"

/** Lies beside a ledger and holds its id, so that a lost or exchanged ledger is noticed before anything is paid again. */
export const idFileOf = (path: string): string => `${path}.id`

/**
 * Creates folder and file with narrow permissions; SQLite gives its side files the permissions of the file. Where a ledger
 * was before, a missing or empty file is an error: a new one would know nothing of what was paid.
 */
export const createFile = (path: string): Effect.Effect<void, LedgerError> =>
  attempt(path, () => {
    // Read before the file is: another process that creates the ledger now writes its id last.
    const hadId = readId(path) !== undefined
    const isNew = !existsSync(path)
    if (hadId && (isNew || statSync(path).size === 0)) {
      return ledgerError({ _tag: "Replaced", location: path, found: isNew ? "nothing" : "an empty file" }, true)
    }
    createFolder(dirname(path))
    closeSync(openSync(path, "a+", 0o600))
    if (platform === "win32") return undefined
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    if (isNew) syncFolder(dirname(path))
    return undefined
  })

/** Compares the id of the opened ledger with the one beside it, which the first program to open it writes. */
export const checkId = (path: string, id: string): Effect.Effect<void, LedgerError> =>
  attempt(path, () => {
    const expected = readId(path)
    if (expected === undefined) writeId(path, id)
    return expected === undefined || expected === id
      ? undefined
      : ledgerError({ _tag: "Replaced", location: path, found: "another ledger" }, true)
  })

/** Under its name only once it is whole: programs that open the ledger at the same moment read all of it or nothing. */
export const writeId = (path: string, id: string): void => {
  const written = `${idFileOf(path)}.${pid}`
  writeFileSync(written, `${id}\n`, { mode: 0o600, flush: true })
  renameSync(written, idFileOf(path))
}

/** The id beside a ledger; nothing when there is none, or when a crash has left it empty. */
export const readId = (path: string): string | undefined => {
  const idFile = idFileOf(path)
  return (existsSync(idFile) ? readFileSync(idFile, "utf8").trim() : "") || undefined
}

/** Fails once the path no longer leads to the file that was opened: what is written to that one is lost. */
export const watchFile = (path: string): Effect.Effect<Effect.Effect<void, LedgerError>, LedgerError> =>
  Effect.gen(function* () {
    const opened = yield* identify(path)
    return Effect.gen(function* () {
      const found = yield* identify(path)
      if (found === opened) return
      const what = found === undefined ? "nothing" : "another ledger"
      return yield* ledgerError({ _tag: "Replaced", location: path, found: what }, true)
    })
  })

const identify = (path: string): Effect.Effect<string | undefined, LedgerError> =>
  Effect.sync(() => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`
  }).pipe(Effect.catchDefect((cause) => Effect.fail(openFailure(path, cause as NodeJS.ErrnoException))))

const attempt = (path: string, run: () => LedgerError | undefined): Effect.Effect<void, LedgerError> =>
  Effect.flatMap(attemptFile(path, run), (failed) => (failed === undefined ? Effect.void : Effect.fail(failed)))

/** Work on the files of a ledger. */
export const attemptFile = <A>(path: string, run: () => A): Effect.Effect<A, LedgerError> =>
  Effect.try({ try: run, catch: (cause) => openFailure(path, cause as NodeJS.ErrnoException) })

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
export const syncFolder = (folder: string): void => {
  if (platform === "win32") return
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
