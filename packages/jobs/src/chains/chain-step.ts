import { parseJson } from "@klingkit/core"
import type { ChainRecord } from "../ledger/chain-record.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { StepResult } from "./take.ts"

/** How a step of a chain stands, from what the ledger knows of it. */
export type Standing =
  | { readonly is: "to begin"; readonly key: string }
  | { readonly is: "under way"; readonly job: JobRecord }
  | { readonly is: "done"; readonly job: JobRecord; readonly result: StepResult }
  | { readonly is: "failed"; readonly job: JobRecord }

/** Kling forgets a clip's faces a day after it has found them, as it does with everything that it opens by a session. */
const faceMillis = 24 * 3_600_000

/**
 * Reads a step's standing from its jobs. A step is tried again only when nothing was sent before, or when the chain was
 * resumed after it had failed; one of which nobody knows whether it was charged, only when that was allowed by name.
 * Faces that Kling has forgotten are looked for again when the chain is resumed.
 */
export const standingOf = (chain: ChainRecord, step: string, jobs: ReadonlyArray<JobRecord>, now: number): Standing => {
  const tries = jobs.filter((job) => job.step === step).map((job) => ({ job, ...tryOf(job) }))
  const last = tries.toSorted((a, b) => a.resume - b.resume || a.turn - b.turn).at(-1)
  if (last === undefined) return { is: "to begin", key: keyOf(chain, step, chain.resumes, 0) }
  const { job, resume, turn } = last
  switch (job.state) {
    case "SUCCEEDED":
    case "FETCHED":
      if (resume >= chain.resumes || !isForgotten(job, now)) return { is: "done", job, result: resultOf(job) }
      break
    case "REFUSED":
      if (job.sends === 0 && turn < mostTurns) return { is: "to begin", key: keyOf(chain, step, resume, turn + 1) }
      break
    case "FAILED":
      break
    case "UNKNOWN":
      if (resume >= chain.repeatsUnknown) return { is: "failed", job }
      break
    default:
      return { is: "under way", job }
  }
  return resume < chain.resumes ? { is: "to begin", key: keyOf(chain, step, chain.resumes, 0) } : { is: "failed", job }
}

const isForgotten = ({ operation, finishedAt = 0 }: JobRecord, now: number): boolean =>
  operation === "legacy.identify-face" && now - finishedAt >= faceMillis

/** Programs that die before they have sent anything do not go on for ever. */
const mostTurns = 20

/** Of all programs that begin the same try of a step, the ledger lets one send it. */
const keyOf = ({ handle }: ChainRecord, step: string, resume: number, turn: number): string =>
  `${handle}/${step}/${resume}/${turn}`

const tryOf = ({ idempotencyKey }: JobRecord): { readonly resume: number; readonly turn: number } => {
  const [turn = 0, resume = 0] = (idempotencyKey ?? "").split("/").toReversed().map(Number)
  return { resume, turn }
}

const resultOf = ({ outputs, answer }: JobRecord): StepResult => ({
  outputs,
  ...(answer === undefined ? {} : { answer: parseJson(answer) })
})
