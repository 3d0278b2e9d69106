import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../../operation.ts"
import { checkInput } from "../../params/check-input.ts"
import { readBody, writeBody } from "../../params/place.ts"
import { parseJson, stringifyJson } from "../../wire/json.ts"

type Declared = Pick<AnyOperation, "id" | "params" | "rules">

/** Bodies as Kling gets them: read into our input they must be legal, and written again nothing may have changed. */
export const keptBodies = (...cases: ReadonlyArray<readonly [Declared, string]>): void => {
  describe("Kling's body", () => {
    it.each(cases.map(([operation, body]) => ({ operation, body })))(
      "of $operation.id is read and written without a change",
      ({ operation, body }) => {
        const input = readBody(operation.params, parseJson(body))
        expect(checkInput(operation.params, operation.rules, input)).toEqual([])
        expect(parseJson(stringifyJson(writeBody(operation.params, input)))).toEqual(parseJson(body))
      }
    )
  })
}
