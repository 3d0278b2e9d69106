import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { expect } from "vitest"
import { sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** Credentials of one account, and of accounts that are not known to be one. */
export const accountsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("a rotated key is of the account that has the same packs", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      expect(yield* ledger.accountOf("old")).toBeUndefined()
      expect(yield* ledger.registerAccount({ credential: "old", packs: ["p1", "p2"] })).toBe("old")
      expect(yield* ledger.registerAccount({ credential: "new", packs: ["p2", "p3"] })).toBe("old")
      expect(yield* ledger.registerAccount({ credential: "third", packs: ["p3"] })).toBe("old")
      expect(yield* ledger.registerAccount({ credential: "other", packs: ["q1"] })).toBe("other")
      expect(yield* ledger.registerAccount({ credential: "silent" })).toBe("silent")
      expect(yield* ledger.accountOf("third")).toBe("old")
    })
  )

  it.effect("a name tells accounts apart, and together", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.registerAccount({ credential: "old", name: "studio", packs: ["p1"] })
      expect(yield* ledger.registerAccount({ credential: "new", name: "studio" })).toBe("old")
      expect(yield* ledger.registerAccount({ credential: "other", name: "client", packs: ["p1"] })).toBe("other")
    })
  )

  it.effect("the key of a job is refused under a credential that may be of its account, and paid under another account's", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.registerAccount({ credential: "old", packs: ["p1"] })
      const under = (account: string) => sampleJob({ account, idempotencyKey: "k1", prompt: "once" })
      const { job } = yield* ledger.createJob(under("old"))
      yield* ledger.registerAccount({ credential: "silent" })
      const refused = yield* Effect.flip(ledger.createJob(under("silent")))
      expect(refused).toMatchObject({ reason: { _tag: "AccountUnknown", handle: job.handle }, wasCharged: "no" })
      yield* ledger.registerAccount({ credential: "other", packs: ["q1"] })
      expect((yield* ledger.createJob(under("other"))).isNew).toBe(true)
      yield* ledger.linkAccount("silent", "old")
      expect(yield* ledger.accountOf("silent")).toBe("old")
      expect(yield* ledger.createJob(under("old"))).toMatchObject({ isNew: false, job: { handle: job.handle } })
    })
  )
}
