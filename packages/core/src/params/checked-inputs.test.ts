import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { operations } from "../operations/catalog.ts"
import { planVideo } from "../plan/plan-video.ts"
import { acceptInput } from "./checked-inputs.ts"

it.effect("an input that a plan has checked is accepted as it is, and cannot be changed", () =>
  Effect.gen(function* () {
    const { operation, input } = yield* planVideo({ prompt: "a cat" }, "api-key")
    expect(acceptInput(operation, input)).toEqual({ given: input, problems: [] })
    expect(() => Object.assign(input, { durationSeconds: 99 })).toThrow(TypeError)
    expect(acceptInput(operation, { ...input, durationSeconds: 99 }).problems).toHaveLength(1)
    expect(acceptInput(operations["new.t2v.kling-3.0-turbo"], input).problems).toHaveLength(1)
  })
)

it("any other value is checked", () => {
  for (const input of [undefined, null, 7, "text", [], {}]) {
    expect(acceptInput(operations["new.t2v.kling-3.0"], input).problems).toHaveLength(1)
  }
})
