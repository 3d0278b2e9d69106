import { expect } from "vitest"
import type { AnyOperation } from "../../operation.ts"
import { checkInput } from "../../params/check-input.ts"
import { readBody, writeBody } from "../../params/body-path.ts"
import { parseJson, stringifyJson } from "../../wire/json.ts"

/** Reads a body as Kling receives it into a valid input and writes it again: it must not change. */
export const expectRoundTrip = (
  operation: Pick<AnyOperation, "params" | "rules">,
  bodyText: string
): Readonly<Record<string, unknown>> => {
  const input = readBody(operation.params, parseJson(bodyText))
  expect(checkInput(operation.params, operation.rules, input)).toEqual([])
  expect(parseJson(stringifyJson(writeBody(operation.params, input)))).toEqual(parseJson(bodyText))
  return input
}
