/**
 * Parses JSON without rounding integers: Kling sends 64-bit ids as bare numbers beyond 2^53.
 * An integer that a double cannot represent becomes a string of its digits.
 */
export const parseJson = (source: string): unknown =>
  longNumber.test(source) ? exactJson.parse(source, keepDigits) : JSON.parse(source)

/** Reading a text value by value is slow: only one that may contain an integer beyond 2^53 needs it. */
const longNumber = /\d{16}/

export const stringifyJson = (value: unknown): string => JSON.stringify(value)

/** A digit string that `stringifyJson` writes as a bare JSON number with all its digits. */
export const exactNumber = (digits: string): unknown => exactJson.rawJSON(digits)

/** Whether a value is such a number: it looks like an object to everything but the JSON writer. */
export const isExactNumber = (value: unknown): boolean => exactJson.isRawJSON(value)

// They exist in every supported runtime (V8 11.4 and later), but not yet in TypeScript's library.
const exactJson = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(source: string): unknown
  isRawJSON(value: unknown): boolean
}

const keepDigits = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && context.source !== undefined
    ? exactDigits(context.source, value)
    : value

const exactDigits = (source: string, value: number): unknown => (/^-?\d+$/.test(source) ? source : value)
