import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import type { JobFile, JobRecord } from "./job-record.ts"
import { lockJob, updateJob } from "./job-row.ts"
import type { LedgerError } from "./ledger-error.ts"

/** Adds saved files to a job; a file saved again to the same path replaces its entry. */
export const addFiles = (
  database: LedgerDatabase["Service"],
  handle: string,
  files: ReadonlyArray<JobFile>
): Effect.Effect<JobRecord, LedgerError | SqlError> =>
  database.transaction(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const job = yield* lockJob(database, handle)
      const all = new Map([...job.files, ...files].map((file) => [file.path, file]))
      return yield* updateJob(database, handle, { files: JSON.stringify([...all.values()]), updated_at: now })
    })
  )
