/** An answer to a request that no server sees. */
export interface Refusal {
  /** The JSON text of the request's id, repeated as it came: a number may be larger than JavaScript can hold. */
  readonly id: string
  readonly code: number
  readonly message: string
}

/** The id of what has none that an answer could repeat. */
export const noId = "null"

export const parseError = -32_700
export const invalidRequest = -32_600
export const invalidParams = -32_602
export const internalError = -32_603
/** For what a server cannot do at the moment; the range is free for implementations. */
export const serverError = -32_000

/** The JSON-RPC error response. */
export const refusalJson = ({ id, code, message }: Refusal): string =>
  `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message })}}`
