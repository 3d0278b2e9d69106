import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { familyOfHandle, mintHandle } from "./handle.ts"
import { catalog } from "./operations/catalog.ts"

describe("a handle", () => {
  it.effect("names its family and is unique", () =>
    Effect.gen(function* () {
      const handles = yield* Effect.all(Array.from({ length: 1000 }, () => mintHandle("t2v")))
      expect(new Set(handles).size).toBe(1000)
      for (const handle of handles) {
        expect(handle).toMatch(/^kk-t2v-[0-9a-z]{26}$/)
        expect(familyOfHandle(handle)).toBe("t2v")
      }
    })
  )

  it.effect("can be minted for the family of every operation", () =>
    Effect.gen(function* () {
      for (const { family } of catalog) expect(familyOfHandle(yield* mintHandle(family))).toBe(family)
    })
  )

  it.each([
    "",
    "829836802793406551",
    "kk-t2v-",
    "kk-t2v-0123456789abcdefghjkmnpqr",
    "kk-t2v-0123456789abcdefghjkmnpqrst",
    "kk-T2V-0123456789abcdefghjkmnpqrs",
    " kk-t2v-0123456789abcdefghjkmnpqrs",
    "kk-t2v-0123456789abcdefghjkmnpqrs\n"
  ])("is not confused with any other id: %j", (text) => {
    expect(familyOfHandle(text)).toBeUndefined()
  })
})
