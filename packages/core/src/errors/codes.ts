import type { NextStep } from "./next-step.ts"

/**
 * When a request may be retried after a code; `klingkit api errors --json` prints these words.
 * - `never`: permanent until something is changed
 * - `resign`: once, with a fresh token; the request was not executed
 * - `backoff`: rejected before a task existed; wait, then retry
 * - `slot`: every concurrency slot is in use; wait until a task ends
 * - `recover`: reads may be retried; a create may have executed and is looked up first
 */
export type RetryRule = "never" | "resign" | "backoff" | "slot" | "recover"

export interface KlingCode {
  readonly code: number
  readonly httpStatus: number
  readonly name: string
  readonly reason: CodeReason
  readonly retry: RetryRule
  readonly meaning: string
  readonly next: NextStep
}

export type CodeReason =
  | "Unauthorized"
  | "TokenRejected"
  | "AccountBlocked"
  | "QuotaExceeded"
  | "Forbidden"
  | "InvalidRequest"
  | "NotSupported"
  | "ContentRefused"
  | "RateLimited"
  | "ConcurrencyLimit"
  | "ServerError"

const retryRules: Readonly<Record<CodeReason, RetryRule>> = {
  Unauthorized: "never",
  TokenRejected: "resign",
  AccountBlocked: "never",
  QuotaExceeded: "never",
  Forbidden: "never",
  InvalidRequest: "never",
  NotSupported: "never",
  ContentRefused: "never",
  RateLimited: "backoff",
  ConcurrencyLimit: "slot",
  ServerError: "recover"
}

const row = (
  code: number,
  httpStatus: number,
  name: string,
  reason: CodeReason,
  meaning: string,
  next: NextStep
): KlingCode => ({ code, httpStatus, name, reason, retry: retryRules[reason], meaning, next })

const later = { _tag: "Repeat", when: "later" } as const

/** Every code that Kling documents, and how klingkit handles it. Source: Kling docs, error codes. */
export const klingCodes: ReadonlyArray<KlingCode> = [
  row(1000, 401, "AUTH_FAILED", "Unauthorized", "Kling rejected the credential", { _tag: "CheckKey" }),
  row(1001, 401, "AUTH_EMPTY", "Unauthorized", "no credential was sent", { _tag: "SetCredentials" }),
  row(1002, 401, "AUTH_INVALID", "Unauthorized", "Kling does not accept this credential here", {
    _tag: "CheckRegion",
    setting: "region"
  }),
  row(1003, 401, "AUTH_NOT_YET_VALID", "TokenRejected", "the signed token is not valid yet", { _tag: "SetClock" }),
  row(1004, 401, "AUTH_EXPIRED", "TokenRejected", "the signed token has expired", { _tag: "SetClock" }),
  row(1100, 429, "ACCOUNT_EXCEPTION", "AccountBlocked", "the Kling account is in an abnormal state", {
    _tag: "CheckAccount",
    about: "state"
  }),
  row(1101, 429, "ACCOUNT_IN_ARREARS", "AccountBlocked", "the Kling account is in arrears", {
    _tag: "TopUp",
    what: "balance"
  }),
  row(1102, 429, "PACK_EXHAUSTED", "QuotaExceeded", "no resource pack of this kind has units left", {
    _tag: "TopUp",
    what: "pack"
  }),
  row(1103, 403, "FORBIDDEN_RESOURCE", "Forbidden", "the account is not entitled to this API or model", {
    _tag: "CheckAccount",
    about: "entitlement"
  }),
  row(1200, 400, "INVALID_REQUEST", "InvalidRequest", "Kling rejected the request as malformed", {
    _tag: "ChangeParameter",
    isNamed: false
  }),
  row(1201, 400, "INVALID_PARAMETER", "InvalidRequest", "Kling rejected a parameter", {
    _tag: "ChangeParameter",
    isNamed: true
  }),
  row(1202, 404, "INVALID_METHOD", "NotSupported", "Kling does not support this method on this path", {
    _tag: "UpdateClient",
    because: "client-bug"
  }),
  row(1203, 404, "RESOURCE_NOT_FOUND", "NotSupported", "Kling does not offer this model or resource here", {
    _tag: "ChooseModel"
  }),
  row(1300, 400, "PLATFORM_POLICY", "ContentRefused", "Kling's platform policy refused the input", {
    _tag: "ChangeContent"
  }),
  row(1301, 400, "CONTENT_SAFETY", "ContentRefused", "Kling's content safety refused the input", {
    _tag: "ChangeContent"
  }),
  row(1302, 429, "RATE_LIMITED", "RateLimited", "too many requests in a short time", { _tag: "Repeat", when: "soon" }),
  row(1303, 429, "CONCURRENCY_EXCEEDED", "ConcurrencyLimit", "all concurrency slots of the resource pack are in use", {
    _tag: "Repeat",
    when: "slot-free"
  }),
  row(1304, 429, "IP_NOT_ALLOWED", "Forbidden", "this IP address is not on the account's allow list", {
    _tag: "CheckAccount",
    about: "addresses"
  }),
  row(5000, 500, "INTERNAL_ERROR", "ServerError", "Kling had an internal error", later),
  row(5001, 503, "UNAVAILABLE", "ServerError", "Kling is under maintenance", later),
  row(5002, 504, "INTERNAL_TIMEOUT", "ServerError", "Kling timed out internally", later)
]

export const findKlingCode = (code: number): KlingCode | undefined => klingCodes.find((entry) => entry.code === code)
