/** Twelve images of 10 MB, the most that a request may take, as base64 in one message. */
export const maxLineBytes = 160 * 1024 * 1024

/** The most that one body over HTTP may have, where anyone on the machine is a caller. */
export const maxBodyBytes = 4 * 1024 * 1024

/** Fields and list entries of one message or batch; parsing millions would block every other call. */
export const maxElements = 10_000

/** How deep objects and lists may be nested in a message. */
export const maxDepth = 100

/** Of a JSON-RPC batch, which only revision 2025-03-26 has. */
export const maxBatchMessages = 100

/** Ids, tokens and names are repeated in answers, so they must not be as long as a request. */
export const maxNameLength = 1024
