import { findKlingCode } from "@klingkit/core"
import { Predicate } from "effect"
import type { JsonAnswer } from "../routes/request.ts"

/** An error response in Kling's format; the HTTP status follows from the code. It has no `data`. */
export interface Refusal {
  readonly _tag: "Refusal"
  readonly code: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export const refusal = (code: number, message: string): Refusal => ({ _tag: "Refusal", code, message })

export const isRefusal = (value: unknown): value is Refusal => Predicate.isTagged(value, "Refusal")

/** Success: `code` 0. `data` is omitted when undefined, as in some responses to deletes. */
export const succeed = (requestId: string, data: unknown): JsonAnswer => ({
  status: 200,
  code: 0,
  body: { code: 0, message: "SUCCEED", request_id: requestId, ...(data === undefined ? {} : { data }) }
})

export const refuse = (requestId: string, { code, message, headers }: Refusal): JsonAnswer => ({
  status: findKlingCode(code)?.httpStatus ?? 400,
  code,
  body: { code, message, request_id: requestId },
  ...(headers === undefined ? {} : { headers })
})
