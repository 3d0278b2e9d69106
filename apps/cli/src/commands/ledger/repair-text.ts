import { sanitizeText } from "@klingkit/core/internal"
import type { LedgerReport, RepairResult, RepairStep } from "@klingkit/jobs/maintenance"

export const stepText = (step: RepairStep): string => {
  switch (step._tag) {
    case "Backup":
      return `copy the files to ${step.path}`
    case "WriteId":
      return step.instead === undefined
        ? `write the id ${step.id} into the file beside the ledger`
        : `take ledger ${step.id} for the one that belongs here, instead of ${step.instead}: what only that one knew is unknown then`
    case "Checkpoint":
      return "move the latest changes from the log into the file"
    case "Reindex":
      return "make the indexes again"
    case "Recover":
      return "copy every row that can be read into a new file, and put it in place of the damaged one"
    case "BeginAnew":
      return `move what is there to ${step.path}, and begin an empty ledger`
  }
}

/** What a new ledger will not know, as far as the old one can be read. */
export const forgottenText = ({ jobs, inDoubt = [], findings }: LedgerReport): ReadonlyArray<string> => {
  const lost = findings.flatMap((finding) =>
    (finding._tag === "Missing" || finding._tag === "Empty") && finding.id !== undefined ? [finding.id] : []
  )
  const count = Object.values(jobs ?? {}).reduce((sum, one) => sum + one, 0)
  return [
    jobs === undefined
      ? `Unknown afterwards: every job of ledger ${lost[0] ?? "that was here"}; compare with Kling: klingkit task list`
      : `Unknown afterwards: ${count} jobs, which the backup keeps: klingkit ledger export --file <backup>`,
    ...inDoubt.map(({ handle, state }) => `Unknown afterwards: ${sanitizeText(handle, 80)}, which is ${state}`),
    "The same request will be paid again, and today's limit begins at zero."
  ]
}

export const lostText = ({ table, handle, detail, isRebuilt = false }: RepairResult["lost"][number]): string =>
  `${isRebuilt ? "Rebuilt from the indexes, without model, prompt and results" : "Lost"}: a row of ${table}${handle === undefined ? "" : `, ${sanitizeText(handle, 80)}`} (${sanitizeText(detail, 200)}); ${
    handle === undefined
      ? "compare with Kling: klingkit task list"
      : `see Kling: klingkit task get ${sanitizeText(handle, 80)}`
  }`
