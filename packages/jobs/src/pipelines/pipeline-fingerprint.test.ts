import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import { toPlan } from "@klingkit/core/requests"
import { planSamplePipeline } from "./testing/sample-pipeline.ts"

// The ledger finds a pipeline again by this fingerprint: if it changed, a pipeline that was started before an upgrade would be
// paid a second time after it.
it.effect("a pipeline has the same fingerprint in every version", () =>
  Effect.gen(function* () {
    const { operation, input } = toPlan(yield* planSamplePipeline("api-key"))
    expect(yield* fingerprintOf(operation.id, input)).toBe(
      "585afc5b97a0d60e554990da1d98bd0efa5624efd9a6a4978fbb5d44d71ea4ad"
    )
  })
)
