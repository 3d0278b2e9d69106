import type { KlingError } from "../errors/kling-error.ts"

// Kling answers 1201 for several things; only the text tells them apart. Source: measured message texts, 2026-09.
const says = (error: KlingError, part: RegExp): boolean =>
  error.reason._tag === "InvalidRequest" && error.reason.klingCode === 1201 && part.test(error.reason.klingMessage)

/** The external id is in use: an earlier create with it has arrived. */
export const saysDuplicateId = (error: KlingError): boolean => says(error, /external_task_id.*already exists/i)

/** No such task on this account. Kling's table promises 1203 for it, live calls gave 1201. */
export const saysTaskNotFound = (error: KlingError): boolean =>
  says(error, /task not found/i) || (error.reason._tag === "NotOffered" && error.reason.klingCode === 1203)
