import type { TaskOutput } from "@klingkit/core"
import type { SavedCopy } from "@klingkit/media/internal"
import type { JobRecord } from "../ledger/job-record.ts"

/**
 * Where a result was saved on this machine. Files are recorded in the order of the results, a later copy after them with the
 * same digest; where that does not add up, none is known to be this result.
 */
export const savedCopies = (record: JobRecord | undefined, position: number): ReadonlyArray<SavedCopy> => {
  if (record === undefined) return []
  const { outputs, files } = record
  const index = outputs.slice(0, position).filter(hasFile).length
  const copies = files.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [{ path, sha256 }]))
  const digests = [...new Set(copies.map(({ sha256 }) => sha256))]
  if (digests.length !== outputs.filter(hasFile).length) return []
  return copies.filter(({ sha256 }) => sha256 === digests[index])
}

const hasFile = (output: TaskOutput): boolean => output.type !== "element" && output.url !== undefined
