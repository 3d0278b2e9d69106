/**
 * What a caller may do about a code.
 * - `never`: permanent until something is changed
 * - `resign`: once, with a fresh token; the request was not run
 * - `backoff`: refused before a task existed; wait and send again
 * - `slot`: every running place is taken; wait until a task ends
 * - `recover`: reads may be repeated; a create may exist and is looked up first
 */
export type RetryRule = "never" | "resign" | "backoff" | "slot" | "recover"

export interface KlingCode {
  readonly code: number
  readonly httpStatus: number
  readonly name: string
  readonly reason: CodeReason
  readonly retry: RetryRule
  readonly meaning: string
  readonly advice: string
}

export type CodeReason =
  | "Unauthorized"
  | "TokenRejected"
  | "AccountBlocked"
  | "PackExhausted"
  | "Forbidden"
  | "InvalidRequest"
  | "NotOffered"
  | "ContentRefused"
  | "RateLimited"
  | "SlotsTaken"
  | "ServerFailed"

const retryRules: Readonly<Record<CodeReason, RetryRule>> = {
  Unauthorized: "never",
  TokenRejected: "resign",
  AccountBlocked: "never",
  PackExhausted: "never",
  Forbidden: "never",
  InvalidRequest: "never",
  NotOffered: "never",
  ContentRefused: "never",
  RateLimited: "backoff",
  SlotsTaken: "slot",
  ServerFailed: "recover"
}

const row = (
  code: number,
  httpStatus: number,
  name: string,
  reason: CodeReason,
  meaning: string,
  advice: string
): KlingCode => ({ code, httpStatus, name, reason, retry: retryRules[reason], meaning, advice })

/** Every code that Kling documents, and what klingkit does about it. Source: Kling docs, error codes. */
export const klingCodes: ReadonlyArray<KlingCode> = [
  row(1000, 401, "AUTH_FAILED", "Unauthorized", "Kling refused the credential", "check the key"),
  row(1001, 401, "AUTH_EMPTY", "Unauthorized", "no credential was sent", "set KLINGAI_API_KEY"),
  row(
    1002,
    401,
    "AUTH_INVALID",
    "Unauthorized",
    "Kling does not accept this credential here",
    "check the key and its region (KLINGAI_REGION); an access/secret key pair works on legacy paths only"
  ),
  row(
    1003,
    401,
    "AUTH_NOT_YET_VALID",
    "TokenRejected",
    "the signed token is not valid yet",
    "set this machine's clock"
  ),
  row(1004, 401, "AUTH_EXPIRED", "TokenRejected", "the signed token has expired", "set this machine's clock"),
  row(
    1100,
    429,
    "ACCOUNT_EXCEPTION",
    "AccountBlocked",
    "the Kling account is in an abnormal state",
    "look at the account in Kling's console"
  ),
  row(
    1101,
    429,
    "ACCOUNT_IN_ARREARS",
    "AccountBlocked",
    "the Kling account owes money",
    "top the account up in Kling's console"
  ),
  row(
    1102,
    429,
    "PACK_EXHAUSTED",
    "PackExhausted",
    "no resource pack of this kind has units left",
    "buy a pack of this kind for the developer API: video, image and try-on packs are separate, credits of the Kling app do not count"
  ),
  row(
    1103,
    403,
    "FORBIDDEN_RESOURCE",
    "Forbidden",
    "the account has no right to this API or model",
    "check the entitlement in Kling's console"
  ),
  row(1200, 400, "INVALID_REQUEST", "InvalidRequest", "Kling found the request malformed", "change the parameters"),
  row(
    1201,
    400,
    "INVALID_PARAMETER",
    "InvalidRequest",
    "Kling refused a parameter",
    "change the parameter that Kling names"
  ),
  row(
    1202,
    404,
    "INVALID_METHOD",
    "NotOffered",
    "Kling has no such method on this path",
    "update klingkit: this is a fault of the client"
  ),
  row(
    1203,
    404,
    "RESOURCE_NOT_FOUND",
    "NotOffered",
    "Kling does not offer this model or resource here",
    "choose another model"
  ),
  row(
    1300,
    400,
    "PLATFORM_POLICY",
    "ContentRefused",
    "Kling's platform policy refused the input",
    "change the prompt or the pictures; the same input will be refused again"
  ),
  row(
    1301,
    400,
    "CONTENT_SAFETY",
    "ContentRefused",
    "Kling's content safety refused the input",
    "change the prompt or the pictures; the same input will be refused again"
  ),
  row(
    1302,
    429,
    "RATE_LIMITED",
    "RateLimited",
    "too many requests in a short time",
    "wait a little and send the same request again"
  ),
  row(
    1303,
    429,
    "CONCURRENCY_EXCEEDED",
    "SlotsTaken",
    "all parallel tasks of the resource pack are running",
    "wait until a running task ends, then send the same request again"
  ),
  row(
    1304,
    429,
    "IP_NOT_ALLOWED",
    "Forbidden",
    "this address is not on the account's IP allow list",
    "add the address in Kling's console"
  ),
  row(5000, 500, "INTERNAL_ERROR", "ServerFailed", "Kling had an internal error", "try again later"),
  row(5001, 503, "UNAVAILABLE", "ServerFailed", "Kling is under maintenance", "try again later"),
  row(5002, 504, "INTERNAL_TIMEOUT", "ServerFailed", "Kling timed out inside", "try again later")
]

export const findKlingCode = (code: number): KlingCode | undefined => klingCodes.find((one) => one.code === code)
