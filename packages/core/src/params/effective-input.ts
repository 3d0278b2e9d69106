import { Predicate } from "effect"
import type { AnyOperation } from "../operation.ts"
import type { Param, Params } from "./param.ts"
import { booleanOf, choiceOf, isAbsent, isEmpty, listOf, numberOf, objectOf } from "./plain-value.ts"
import type { ValueType } from "./value-type.ts"
import { idIn } from "./wrapped-id.ts"

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

/** The settings that an input really gives: each as its type has it, without empty ones. Unknown fields are kept for the check. */
export const givenInput = (params: Params, input: Input): Input =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      const { type, required = false } = (Object.hasOwn(params, name) ? params[name] : undefined) ?? {}
      const isLeftOut = type === undefined || required ? isEmpty(value) : isAbsent(value)
      return isLeftOut ? [] : [[name, givenValue(type, value)]]
    })
  )

/** The same for a request that is not an operation's input yet. */
export const givenFields = <Fields extends object>(fields: Fields): Fields => givenInput({}, fields as Input) as Fields

/** A value of a parameter's type, where only one can be meant; text without the blanks around it. */
const givenValue = (type: ValueType | undefined, value: unknown): unknown => {
  const text = Predicate.isString(value) ? value.trim() : value
  switch (type?.kind) {
    case "integer":
    case "number":
      return numberOf(text) ?? text
    case "boolean":
      return booleanOf(text) ?? text
    case "enum":
      return choiceOf(type.values, text) ?? text
    case "id":
      return Predicate.isString(text) ? idIn(text) : text
    case "array": {
      const list = Predicate.isString(text) ? listOf(text) : text
      // An empty entry stays: prompts refer to the others by their position.
      return Array.isArray(list)
        ? list.map((item: unknown) => (isEmpty(item) ? item : givenValue(type.of, item)))
        : list
    }
    case "object": {
      const object = objectOf(text)
      return object === undefined ? text : givenInput(type.fields, object)
    }
    default:
      return text
  }
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
