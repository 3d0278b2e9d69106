import type { Rule } from "../params/check-input.ts"

/** Two ways to say one thing: exactly one of them must be given. */
export const exactlyOne = (first: string, second: string): Rule => ({
  name: `exactly-one-of-${kebab(first)}-and-${kebab(second)}`,
  field: first,
  check: (input) => {
    const given = { first: input[first] !== undefined, second: input[second] !== undefined }
    return given.first !== given.second
      ? undefined
      : given.first
        ? `and ${second} exclude each other; leave one of them out`
        : `is required (or ${second})`
  }
})

/** A request that would be empty: at least one of the fields must hold something. */
export const atLeastOne = (...fields: readonly [string, ...ReadonlyArray<string>]): Rule => ({
  name: `at-least-one-of-${fields.map(kebab).join("-")}`,
  field: fields[0],
  check: (input) =>
    fields.some((field) => isFilled(input[field]))
      ? undefined
      : `is required, unless there is one of ${fields.slice(1).join(", ")}`
})

const isFilled = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== ""

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
