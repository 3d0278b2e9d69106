import { sanitizeText } from "@klingkit/core/internal"
import type { JSONRPCMessage } from "@modelcontextprotocol/server"
import type { Frame } from "./line-reader.ts"
import { maxBatchMessages, maxDepth, maxElements } from "./limits.ts"
import { normalizeMessage } from "./normalize-message.ts"
import { invalidRequest, noId, parseError, type Refusal } from "./refusal.ts"
import type { ScannedJson } from "./scan-json.ts"

/** What a line or a body turned out to be. */
export interface Inbound {
  readonly isBatch: boolean
  /** It had more bytes than were kept. */
  readonly isTooLarge: boolean
  readonly messages: ReadonlyArray<JSONRPCMessage>
  /** Answers to what is not served; without an id where none can be repeated. */
  readonly refusals: ReadonlyArray<Refusal>
  /** Lines for the operator: what was refused, and what was left out. */
  readonly reports: ReadonlyArray<string>
}

/**
 * Reads one line or body. What the SDK would reject for its form is normalized where its meaning is clear; the rest is refused
 * under its id, and what has no id is reported. Nothing is passed over in silence.
 */
export const readMessages = ({ scanned, chunks }: Frame, maxBytes: number): Inbound => {
  if (scanned.isBlank) return { isBatch: false, isTooLarge: false, messages: [], refusals: [], reports: [] }
  if (chunks === undefined) {
    return {
      ...refuseAll(scanned, invalidRequest, `it has ${scanned.bytes} bytes; at most ${maxBytes}`),
      isTooLarge: true
    }
  }
  if (scanned.isTooComplex) {
    const limits = `at most ${maxElements} fields and list entries, ${maxDepth} levels, and ${maxBatchMessages} messages in a batch`
    return refuseAll(scanned, invalidRequest, `it has too many parts; ${limits}`)
  }
  const json = parsed(chunks)
  if (json === undefined) return refuseAll(scanned, parseError, "it is not valid JSON in UTF-8")
  const items: ReadonlyArray<unknown> = Array.isArray(json.value) ? json.value : [json.value]
  if (items.length === 0) return refuseAll(scanned, invalidRequest, "a batch cannot be empty")
  if (items.length > maxBatchMessages) {
    return refuseAll(scanned, invalidRequest, `a batch may have at most ${maxBatchMessages} messages`)
  }
  // Only objects have been scanned for an id.
  const ids = scanned.messages.values()
  const normalized = items.map((item) => normalizeMessage(item, isObject(item) ? ids.next().value?.id : undefined))
  return inbound(
    scanned,
    normalized.flatMap((each) => ("message" in each ? [each.message] : [])),
    normalized.flatMap((each) => ("refusal" in each ? [each.refusal] : [])),
    normalized.flatMap(({ dropped }) => dropped)
  )
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value)

const parsed = (chunks: ReadonlyArray<Uint8Array>): { readonly value: unknown } | undefined => {
  // Strict, since a request with a replaced character would be another request, and paid. It skips a byte order mark.
  const decoder = new TextDecoder("utf-8", { fatal: true })
  try {
    const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode()
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const refuseAll = (scanned: ScannedJson, code: number, reason: string): Inbound => {
  const ids = scanned.messages.flatMap(({ id, isResponse }) => (id === undefined || isResponse ? [] : [id]))
  const answered = ids.length === 0 ? [noId] : ids.slice(0, maxBatchMessages)
  const message = `The request was not read: ${reason}`
  return inbound(
    scanned,
    [],
    answered.map((id) => ({ id, code, message })),
    []
  )
}

const inbound = (
  { isBatch }: ScannedJson,
  messages: ReadonlyArray<JSONRPCMessage>,
  refusals: ReadonlyArray<Refusal>,
  dropped: ReadonlyArray<string>
): Inbound => ({
  isBatch,
  isTooLarge: false,
  messages,
  refusals,
  reports: [
    ...dropped.map((text) => `ignored ${text}`),
    ...refusals.map(({ id, message }) =>
      id === noId ? `ignored what has no id to answer: ${message}` : `refused request ${id}: ${message}`
    )
  ].map((line) => sanitizeText(line))
})
