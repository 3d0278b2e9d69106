import { Predicate } from "effect"
import { parseJson } from "../wire/json.ts"

/**
 * What callers write for a value of another type: text of a number, JSON of a list, a choice in other letters. Each function
 * gives the only value that can be meant, or nothing. Text is short before it is read as anything else, so that no pattern is
 * slow.
 */
const longestNumber = 40
const longestChoice = 60

/** Left out, by whichever word: `"null"` is what some hosts write for it. */
export const isAbsent = (value: unknown): boolean =>
  isEmpty(value) || (Predicate.isString(value) && value.length < longestNumber && value.trim() === "null")

/** The same, where the text `null` may be meant. */
export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (Predicate.isString(value) && value.trim() === "") ||
  (Array.isArray(value) && value.length === 0)

const numberWithSeconds = /^(-?\d+(?:\.\d+)?)(?: ?s| ?secs?| ?seconds?)?$/i

/** `"5"`, `"5.0"`, `"5s"` and `"5 seconds"` are 5. */
export const numberOf = (value: unknown): number | undefined => {
  const text = shortText(value, longestNumber)
  const digits = text === undefined ? undefined : numberWithSeconds.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export const booleanOf = (value: unknown): boolean | undefined => {
  const text = shortText(value, longestNumber)?.toLowerCase()
  return text === "true" ? true : text === "false" ? false : undefined
}

/**
 * One of these values: in other letters (`1080P`), without its unit (`1080`), a ratio with another sign (`16x9`), or a boolean
 * where there is one value beside `off`.
 */
export const choiceOf = (values: ReadonlyArray<string>, value: unknown): string | undefined => {
  if (Predicate.isBoolean(value)) {
    const [on, ...others] = values.filter((one) => one !== "off")
    if (on === undefined || others.length > 0 || !values.includes("off")) return undefined
    return value ? on : "off"
  }
  const text = shortText(Predicate.isNumber(value) ? String(value) : value, longestChoice)?.toLowerCase()
  if (text === undefined) return undefined
  const ratio = text.replace(/^(\d+) ?[x×:/] ?(\d+)$/, "$1:$2")
  return values.find((one) => {
    const known = one.toLowerCase()
    return known === text || known === ratio || (/^\d+$/.test(text) && known === `${text}p`)
  })
}

/** Several values: a list, JSON text of one, or one value alone. Empty entries are left out. */
export const listOf = (value: unknown): ReadonlyArray<unknown> => {
  const list = Predicate.isString(value) && value.trimStart().startsWith("[") ? parsed(value) : value
  return (Array.isArray(list) ? list : [list]).filter((one) => !isAbsent(one))
}

/** An object, or JSON text of one. Long ids in the text keep their digits. */
export const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined => {
  const object = Predicate.isString(value) ? parsed(value) : value
  return Predicate.isObject(object) ? object : undefined
}

/** Text of an integer that was given as a number, unless a longer one may have lost its digits. */
export const textOf = (value: unknown): string | undefined => (Number.isSafeInteger(value) ? String(value) : undefined)

const shortText = (value: unknown, longest: number): string | undefined =>
  Predicate.isString(value) && value.length <= longest ? value.trim() : undefined

const parsed = (text: string): unknown => {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
