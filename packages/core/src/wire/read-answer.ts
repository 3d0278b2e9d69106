import { Result } from "effect"
import { withoutControls } from "../errors/sanitize-text.ts"
import { parseJson } from "./json.ts"
import { answerLimits, exceededLimit } from "./json-limits.ts"

/** `never`: the same request would get the same again, for all we know. */
export interface UnreadableAnswer {
  readonly detail: string
  readonly isOversized: boolean
}

/**
 * Reads what Kling sent: strictly UTF-8, JSON within bounds, and each string in it, keys too, without secrets of ours,
 * control characters, bidirectional overrides and line breaks. Whatever a face prints comes through here, so that no text
 * of a third party can begin a line of its own.
 */
export const readAnswer = (
  bytes: Uint8Array,
  redact: (text: string) => string
): Result.Result<unknown, UnreadableAnswer> => {
  const text = Result.try(() => utf8.decode(bytes))
  if (Result.isFailure(text)) return unreadable("which is not UTF-8 text")
  const exceeded = exceededLimit(text.success, answerLimits)
  if (exceeded !== undefined) return Result.fail({ detail: exceeded, isOversized: true })
  const parsed = Result.try(() => parseJson(text.success))
  if (Result.isFailure(parsed)) return unreadable("which is not JSON")
  return Result.succeed(cleaned(parsed.success, (value) => withoutControls(redact(value))))
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const unreadable = (detail: string) => Result.fail({ detail, isOversized: false })

/** In place: the value was parsed here, so nothing else refers to it. Its depth is bounded. */
const cleaned = (value: unknown, clean: (text: string) => string): unknown => {
  if (typeof value === "string") return clean(value)
  if (typeof value !== "object" || value === null) return value
  const fields = value as Record<string, unknown>
  for (const [key, field] of Object.entries(fields)) {
    const name = clean(key)
    const content = cleaned(field, clean)
    if (name !== key) delete fields[key]
    if (name !== key || content !== field) setOwn(fields, name, content)
  }
  return fields
}

/** As an own field, also when its name is `__proto__`. */
const setOwn = (fields: object, name: string, value: unknown): void => {
  Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true })
}
