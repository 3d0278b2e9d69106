import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { fingerprintOf } from "./fingerprint.ts"

const input = { prompt: "a fox", duration: 5, images: [{ url: "a", type: "x" }, { url: "b" }] }
const of = (value: unknown, operation = "op") => fingerprintOf(operation, value)

describe("a fingerprint", () => {
  it.effect("is the sha256 of the operation and the sorted input", () =>
    Effect.gen(function* () {
      // printf '["op",{"a":[1,{"c":null,"d":"é"}],"b":2}]' | sha256sum
      const known = "a377299cb0b66dc53eaf7e47fa810bb2c54c3615700e64ecc18f2cc1e5d27bd7"
      expect(yield* of({ b: 2, a: [1, { d: "é", c: null }] })).toBe(known)
    })
  )

  it.effect("ignores the order of fields, and undefined fields", () =>
    Effect.gen(function* () {
      const same = { images: [{ type: "x", url: "a" }, { url: "b" }], duration: 5, prompt: "a fox", seed: undefined }
      expect(yield* of(same)).toBe(yield* of(input))
    })
  )

  it.effect("depends on everything else", () =>
    Effect.gen(function* () {
      const others = [
        { ...input, duration: "5" },
        { ...input, duration: 5.5 },
        { ...input, images: input.images.toReversed() },
        { ...input, seed: null },
        { ...input, prompt: "a fox " },
        JSON.parse(`{"__proto__":{"prompt":"a fox"}}`) as unknown,
        {}
      ]
      const all = yield* Effect.forEach([input, ...others], (value) => of(value))
      expect(new Set([...all, yield* of(input, "another")]).size).toBe(others.length + 2)
    })
  )
})
