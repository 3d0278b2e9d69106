import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { expect } from "vitest"
import { openFresh, type TestDatabase } from "./test-database.ts"

const anna = { name: "anna", scopes: ["kling:read", "kling:generate"], hash: "hash-of-anna" }

/** Who may call a hosted server, on every store. */
export const accessKeysSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("a key is found by its hash until it is revoked, then its name is free again", () =>
    Effect.gen(function* () {
      const { accessKeys } = (yield* openFresh).ledger
      expect(yield* accessKeys.add(anna)).toBe(true)
      expect(yield* accessKeys.find(anna.hash)).toMatchObject({ name: "anna", scopes: anna.scopes })
      expect(yield* accessKeys.find("another")).toBeUndefined()
      expect(yield* accessKeys.revoke("anna")).toBe(true)
      expect(yield* accessKeys.revoke("anna")).toBe(false)
      expect(yield* accessKeys.find(anna.hash)).toBeUndefined()
      expect(yield* accessKeys.add({ ...anna, hash: "second" })).toBe(true)
      expect(yield* accessKeys.find(anna.hash)).toBeUndefined()
      expect(yield* accessKeys.list).toMatchObject([{ name: "anna" }])
    })
  )

  it.effect("of several keys of one name that are added at once there is one", () =>
    Effect.gen(function* () {
      const { accessKeys } = (yield* openFresh).ledger
      const added = yield* Effect.all(
        ["1", "2", "3", "4"].map((hash) => accessKeys.add({ ...anna, hash })),
        { concurrency: "unbounded" }
      )
      expect(added.filter(Boolean)).toHaveLength(1)
      expect(yield* accessKeys.list).toHaveLength(1)
    })
  )
}
