import { expect } from "vitest"
import type { AnyOperation } from "../../operation.ts"
import { checkInput } from "../../params/check-input.ts"
import { readBody, writeBody } from "../../params/place.ts"
import { parseJson, stringifyJson } from "../../wire/json.ts"

/** Reads a body as Kling gets it into our input, which must be legal, and writes it again: nothing may be changed. */
export const expectBodyToSurvive = (
  operation: Pick<AnyOperation, "params" | "rules">,
  bodyText: string
): Readonly<Record<string, unknown>> => {
  const input = readBody(operation.params, parseJson(bodyText))
  expect(checkInput(operation.params, operation.rules, input)).toEqual([])
  expect(parseJson(stringifyJson(writeBody(operation.params, input)))).toEqual(parseJson(bodyText))
  return input
}
