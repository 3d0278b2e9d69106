import type { CandidateTask } from "./next-step.ts"
import { sanitizeText } from "./sanitize-text.ts"

/** As many as fit in a message. */
const maxShown = 10

/** The tasks among which a user chooses, in words: `it may be one of: 42 (created 2026-11-30T08:00:00Z, processing)`. */
export const candidatesText = (candidates: ReadonlyArray<CandidateTask>): string => {
  if (candidates.length === 0) return "Kling's list shows no task that could be it"
  const shown = candidates.slice(0, maxShown).map(candidateText).join(", ")
  const more = candidates.length - maxShown
  return `it may be one of: ${shown}${more > 0 ? ` and ${more} more` : ""}`
}

const candidateText = ({ taskId, status, createdAt }: CandidateTask): string => {
  const created = createdAt === undefined ? "" : `created ${new Date(createdAt).toISOString().slice(0, 19)}Z, `
  return `${sanitizeText(taskId, 80)} (${created}${status})`
}
