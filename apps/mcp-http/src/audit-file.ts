import type { KnownSecrets } from "@klingkit/hosting"
import { type AuditEntry, AuditLog } from "@klingkit/jobs/internal"
import { DateTime, Effect, Layer } from "effect"
import { appendFileSync } from "node:fs"
import { appendFile } from "node:fs/promises"

/** Why the file cannot be appended to; nothing when it can. */
export const auditFileProblem = (path: string): string | undefined => {
  try {
    appendFileSync(path, "", { mode })
    return undefined
  } catch (error) {
    return `KLINGKIT_AUDIT_LOG: ${path} cannot be written (${error instanceof Error ? error.message : String(error)})`
  }
}

/** Only its owner sees who asks for what. */
const mode = 0o600

/** Appends each entry as a line of JSON. The file is opened each time, so that it can be rotated by renaming it. */
export const auditFile = (path: string, { redact }: KnownSecrets): Layer.Layer<never> =>
  Layer.succeed(AuditLog, ({ at, ...entry }: AuditEntry) => {
    const line = JSON.stringify({ time: DateTime.formatIso(DateTime.makeUnsafe(at)), ...entry })
    return Effect.tryPromise(() => appendFile(path, `${redact(line)}\n`, { mode })).pipe(
      // What is not in the file is still in the ledger.
      Effect.catch(({ cause }) =>
        Effect.logError(`an audit entry of ${entry.handle} could not be written: ${String(cause)}`)
      )
    )
  })
