import { Predicate } from "effect"
import type { AnyOperation } from "../operation.ts"
import type { Param, Params } from "./param.ts"
import type { ValueType } from "./value-type.ts"

type Input = Readonly<Record<string, unknown>>

/**
 * What an accepted input gives, however it was spelled: text trimmed, empty settings left out, and every documented default
 * filled in where it applies. The URL that is called back does not count.
 */
export const effectiveInput = (operation: AnyOperation, input: Input): Input => {
  const { callbackUrl: _, ...effective } = withDefaults(operation, input, () => true)
  return effective
}

/** What is sent of an accepted input: its defaults are filled in, except those of settings that only some models take. */
export const sentInput = (operation: AnyOperation, input: Input): Input =>
  withDefaults(operation, input, ({ sendDefault }) => sendDefault !== false)

/** The settings that an input really gives: text trimmed, without empty ones. Unknown fields are kept for the check. */
export const givenInput = (params: Params, input: Input): Input =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      const given = givenValue(params[name]?.type, value)
      return given === undefined ? [] : [[name, given]]
    })
  )

/** The same for a request that is not an operation's input yet. */
export const givenFields = <Fields extends object>(fields: Fields): Fields => givenInput({}, fields as Input) as Fields

const givenValue = (type: ValueType | undefined, value: unknown): unknown => {
  if (value === null || value === undefined) return undefined
  if (Predicate.isString(value)) {
    const text = value.trim()
    return text === "" ? undefined : text
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return undefined
    // An empty entry stays: prompts refer to the others by their position.
    return type?.kind === "array" ? value.map((item: unknown) => givenValue(type.of, item) ?? item) : value
  }
  return type?.kind === "object" && Predicate.isObject(value) ? givenInput(type.fields, value) : value
}

const withDefaults = ({ params, rules }: AnyOperation, input: Input, isWanted: (param: Param) => boolean): Input => {
  let filled = givenInput(params, input)
  for (const [name, param] of Object.entries(params)) {
    const { default: value, defaultUnless = [], retired } = param
    if (filled[name] !== undefined || value === undefined || retired === true || !isWanted(param)) continue
    if (defaultUnless.some((other) => filled[other] !== undefined)) continue
    const candidate = { ...filled, [name]: value }
    // What the operation's own rules refuse beside the other settings is not their default.
    if (rules.every((rule) => rule.check(candidate) === undefined)) filled = candidate
  }
  return filled
}
