import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const anna = { principal: "anna", keyId: "one", sealed: "of anna" }

/** The Kling credentials of callers, on every store. */
export const storedCredentialsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("each principal has one stored credential, until it is replaced or removed", () =>
    Effect.gen(function* () {
      const { storedCredentials } = (yield* openFresh).ledger
      yield* storedCredentials.put(anna)
      yield* storedCredentials.put({ ...anna, principal: "ben", sealed: "of ben" })
      const first = yield* storedCredentials.find("anna")
      expect(first).toMatchObject(anna)
      yield* TestClock.adjust("1 minute")
      yield* storedCredentials.put({ ...anna, sealed: "another of anna" })
      const second = yield* storedCredentials.find("anna")
      expect(second).toMatchObject({ sealed: "another of anna", storedAt: (first?.storedAt ?? 0) + 60_000 })
      expect(yield* storedCredentials.list).toMatchObject([{ sealed: "another of anna" }, { sealed: "of ben" }])
      expect(yield* storedCredentials.remove("anna")).toBe(true)
      expect(yield* storedCredentials.remove("anna")).toBe(false)
      expect(yield* storedCredentials.find("anna")).toBeUndefined()
      expect(yield* storedCredentials.find("ben")).toMatchObject({ sealed: "of ben" })
    })
  )

  it.effect("a credential that was replaced meanwhile is not sealed anew, and one that is keeps its time", () =>
    Effect.gen(function* () {
      const { storedCredentials } = (yield* openFresh).ledger
      yield* storedCredentials.put(anna)
      const read = yield* storedCredentials.find("anna")
      if (read === undefined) return expect.fail("not stored")
      yield* TestClock.adjust("1 minute")
      expect(yield* storedCredentials.reseal(read, { keyId: "two", sealed: "anew" })).toBe(true)
      expect(yield* storedCredentials.find("anna")).toEqual({ ...read, keyId: "two", sealed: "anew" })
      expect(yield* storedCredentials.reseal(read, { keyId: "three", sealed: "too late" })).toBe(false)
      expect(yield* storedCredentials.find("anna")).toMatchObject({ sealed: "anew" })
    })
  )

  it.effect("those are at work who have a stored credential and a request that may have to be sent", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { storedCredentials } = ledger
      for (const principal of ["anna", "ben", "cleo"]) yield* storedCredentials.put({ ...anna, principal })
      expect(yield* storedCredentials.principalsAtWork).toEqual([])
      for (const principal of ["anna", "ben", "without-credential"]) yield* ledger.createJob(sampleJob({ principal }))
      expect(yield* storedCredentials.principalsAtWork).toEqual(["anna", "ben"])
      const { job } = yield* ledger.createJob(sampleJob({ principal: "cleo" }))
      if (job.lease === undefined) return expect.fail("no lease")
      yield* ledger.transition(job.handle, ["INTENT"], "REFUSED", { lease: job.lease })
      yield* storedCredentials.remove("ben")
      expect(yield* storedCredentials.principalsAtWork).toEqual(["anna"])
    })
  )
}
