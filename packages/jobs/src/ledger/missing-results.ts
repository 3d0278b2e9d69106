import { findOperation } from "@klingkit/core"
import type { JobRecord } from "./job-record.ts"

/** What a job that has succeeded still lacks. */
export interface MissingResults {
  /** So many results are shown, fewer than were paid for. */
  readonly results?: { readonly shown: number; readonly expected: number }
  /** Kling has not reported what it charged. */
  readonly bill?: true
}

type Facts = Pick<JobRecord, "operation" | "state" | "outputs" | "charges" | "answer" | "expectedOutputs">

/** Kling may report success before it shows the results, their full number or the bill. Nothing when all are in. */
export const missingResults = ({ operation, state, outputs, charges, answer, expectedOutputs = 1 }: Facts) => {
  const declared = findOperation(operation)
  const hasSucceeded = state === "SUCCEEDED" || state === "FETCHED"
  if (!hasSucceeded || answer !== undefined || declared?.kind !== "create") return undefined
  const shown = outputs.length
  const missing: MissingResults = {
    ...(shown < expectedOutputs ? { results: { shown, expected: expectedOutputs } } : {}),
    ...(charges.length === 0 && declared.billed ? { bill: true } : {})
  }
  return missing.results === undefined && missing.bill === undefined ? undefined : missing
}

/** How many results a request pays for, at least: a series may be as long as Kling likes. */
export const expectedOutputs = (input: Readonly<Record<string, unknown>>): number => {
  const count = input["resultType"] === "series" ? input["seriesAmount"] : input["n"]
  return typeof count === "number" && Number.isInteger(count) && count > 0 ? count : 1
}

const longestPauseMillis = 2 * 3_600_000

/** The pause after so many polls of a job that lacks something: 2 s, 4 s, 8 s, ... 2 h. */
export const recheckPauseMillis = (rechecks: number): number => Math.min(longestPauseMillis, 2000 * 2 ** rechecks)

/** Guards against clock skew: a time that is further in the future than any pause is due. */
export const latestRecheckAt = (now: number): number => now + 2 * longestPauseMillis

/** Whether a job that lacks something is to be polled again now. */
export const isRecheckDue = ({ recheckAt }: Pick<JobRecord, "recheckAt">, now: number): boolean =>
  recheckAt !== undefined && (recheckAt <= now || recheckAt > latestRecheckAt(now))
