import { parseJson, stringifyJson } from "@klingkit/core/internal"
import { Effect } from "effect"
import * as Digest from "effect/crypto/Digest"

/**
 * Identifies a request: sha256, in hex, of the operation and of its input as JSON with sorted keys.
 * The order of fields, and fields that are `undefined`, make no difference.
 */
export const fingerprintOf = (operation: string, input: unknown): Effect.Effect<string> =>
  sha256Hex(canonicalJson([operation, input]))

export const sha256Hex = (content: string | Uint8Array): Effect.Effect<string> => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  return Digest.Digest.use(({ digestHex }) => digestHex(Digest.sha256, bytes)).pipe(
    Effect.provide(Digest.layerWebCrypto)
  )
}

const canonicalJson = (value: unknown): string => stringifyJson(sorted(parseJson(stringifyJson(value))))

const sorted = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).map(([key, field]) => [key, sorted(field)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
