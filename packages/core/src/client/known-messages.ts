import type { KlingError } from "../errors/kling-error.ts"

// Kling uses 1201 for several errors; only the text distinguishes them. Source: measured message texts, 2026-09.
const messageMatches = (error: KlingError, part: RegExp): boolean =>
  error.reason._tag === "InvalidRequest" && error.reason.klingCode === 1201 && part.test(error.reason.klingMessage)

/** The external id is already in use: an earlier create with it was accepted. */
export const isDuplicateId = (error: KlingError): boolean => messageMatches(error, /external_task_id.*already exists/i)

/** No such task on this account. Kling documents 1203 for it; live calls returned 1201. */
export const isTaskNotFound = (error: KlingError): boolean =>
  messageMatches(error, /task not found/i) || (error.reason._tag === "NotSupported" && error.reason.klingCode === 1203)
