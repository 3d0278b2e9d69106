import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../../operation.ts"
import { expectBodyToSurvive } from "./body-round-trip.ts"

type Declared = Pick<AnyOperation, "id" | "params" | "rules">

/** Bodies as Kling gets them, one test each: see `expectBodyToSurvive`. */
export const keptBodies = (...cases: ReadonlyArray<readonly [Declared, string]>): void => {
  describe("Kling's body", () => {
    it.each(cases.map(([operation, body]) => ({ operation, body })))(
      "of $operation.id is read and written without a change",
      ({ operation, body }) => {
        expect(expectBodyToSurvive(operation, body)).toBeTypeOf("object")
      }
    )
  })
}
