import type { Delivery } from "../faults/delivery.ts"

/** One HTTP request, from a socket or an in-memory client. Header names are lower case. */
export interface KlingRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** The emulator's response, and how it is delivered: whole, or broken by a fault. */
export interface KlingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly delivery: Delivery
}

/** A JSON response that is delivered whole. `code` is Kling's, if any. */
export interface JsonAnswer {
  readonly status: number
  readonly code: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
