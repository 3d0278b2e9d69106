import type { Rule } from "../params/check-input.ts"

/** Requires exactly one of two alternative fields. */
export const exactlyOne = (first: string, second: string): Rule => ({
  name: `exactly-one-of-${kebab(first)}-and-${kebab(second)}`,
  field: first,
  check: (input) => {
    const has = { first: input[first] !== undefined, second: input[second] !== undefined }
    return has.first !== has.second
      ? undefined
      : has.first
        ? `and {${second}} are mutually exclusive; omit one of them`
        : `is required (or {${second}})`
  }
})

/** Requires at least one non-empty field. */
export const atLeastOne = (...fields: readonly [string, ...ReadonlyArray<string>]): Rule => ({
  name: `at-least-one-of-${fields.map(kebab).join("-")}`,
  field: fields[0],
  check: (input) =>
    fields.some((field) => isNonEmpty(input[field]))
      ? undefined
      : `is required unless one of ${fields
          .slice(1)
          .map((field) => `{${field}}`)
          .join(", ")} is given`
})

const isNonEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== ""

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
