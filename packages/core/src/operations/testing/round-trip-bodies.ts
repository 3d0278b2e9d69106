import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../../operation.ts"
import { expectRoundTrip } from "./body-round-trip.ts"

type Declared = Pick<AnyOperation, "id" | "params" | "rules">

/** One round-trip test per body, as Kling receives it. */
export const roundTripBodies = (...cases: ReadonlyArray<readonly [Declared, string]>): void => {
  describe("Kling's body", () => {
    it.each(cases.map(([operation, body]) => ({ operation, body })))(
      "of $operation.id round-trips",
      ({ operation, body }) => {
        expect(expectRoundTrip(operation, body)).toBeTypeOf("object")
      }
    )
  })
}
