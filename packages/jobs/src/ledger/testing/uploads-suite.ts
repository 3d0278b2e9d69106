import type { Vitest } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { openFresh, type TestDatabase } from "./test-database.ts"

const minute = 60_000
const file = {
  kind: "video",
  format: "mp4",
  mimeType: "video/mp4",
  bytes: 9,
  sha256: "ab",
  durationSeconds: 3.5
} as const

/** Links to upload by, and what was uploaded, on every store. */
export const uploadsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  const withLink = Effect.gen(function* () {
    const { ledger } = yield* openFresh
    const { uploads } = ledger
    const expiresAt = (yield* Clock.currentTimeMillis) + 15 * minute
    yield* uploads.addLink({ hash: "one", principal: "anna", expiresAt })
    return { ledger, uploads }
  })

  it.effect("a link is open for one upload, and again if nothing came of it", () =>
    Effect.gen(function* () {
      const { uploads } = yield* withLink
      const open = { state: "open", principal: "anna" }
      expect(yield* uploads.readLink("one")).toEqual(open)
      const claims = yield* Effect.all(
        Array.from({ length: 4 }, () => uploads.claimLink("one")),
        { concurrency: "unbounded" }
      )
      expect(claims.filter(({ state }) => state === "open")).toEqual([open])
      expect(claims.filter(({ state }) => state === "used")).toHaveLength(3)
      yield* uploads.reopenLink("one")
      expect(yield* uploads.claimLink("one")).toEqual(open)
      yield* uploads.store("one", "upload:ab", file)
      yield* uploads.reopenLink("one")
      expect(yield* uploads.claimLink("one")).toEqual({ state: "used" })
      expect(yield* uploads.claimLink("another")).toEqual({ state: "unknown" })
    })
  )

  it.effect("a link ends, and tells no longer than for a day that it was there", () =>
    Effect.gen(function* () {
      const { uploads } = yield* withLink
      yield* TestClock.adjust("15 minutes")
      expect(yield* uploads.claimLink("one")).toEqual({ state: "expired" })
      yield* TestClock.adjust("25 hours")
      yield* uploads.addLink({ hash: "two", principal: "anna", expiresAt: yield* Clock.currentTimeMillis })
      expect(yield* uploads.readLink("one")).toEqual({ state: "unknown" })
    })
  )

  it.effect("what was uploaded is found by whose it is, until it is purged", () =>
    Effect.gen(function* () {
      const { ledger, uploads } = yield* withLink
      yield* uploads.claimLink("one")
      yield* uploads.store("one", "upload:ab", file)
      expect(yield* uploads.find("anna", "upload:ab")).toEqual(file)
      expect(yield* uploads.find("ben", "upload:ab")).toBeUndefined()
      yield* TestClock.adjust("30 days")
      yield* uploads.addLink({ hash: "two", principal: "ben", expiresAt: yield* Clock.currentTimeMillis })
      expect(yield* uploads.find("anna", "upload:ab")).toEqual(file)
      yield* ledger.purgeBefore(yield* Clock.currentTimeMillis)
      expect(yield* uploads.find("anna", "upload:ab")).toBeUndefined()
    })
  )
}
