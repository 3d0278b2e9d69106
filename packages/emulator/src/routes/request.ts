import type { Delivery } from "../faults/delivery.ts"

/** One HTTP request, whatever carried it: a socket or a test's in-memory client. Header names are lower case. */
export interface KlingRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** What the emulator answers, and how the answer is to be delivered: whole, or broken as a fault asks. */
export interface KlingAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly delivery: Delivery
}

/** An answer in JSON that is delivered whole. `code` is Kling's, where there is one. */
export interface JsonAnswer {
  readonly status: number
  readonly code: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
