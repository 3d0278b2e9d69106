import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { AccountFacts } from "../accounts.ts"
import { sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** A ledger in which `old` has paid for a request, with and without a key. */
const withOldCredential = Effect.fnUntraced(function* (facts: Omit<AccountFacts, "credential"> = {}) {
  const { ledger } = yield* openFresh
  yield* ledger.registerAccount({ credential: "old", region: "global", key: "k-old", ...facts })
  const under = (account: string, idempotencyKey?: string) =>
    ledger.createJob(
      sampleJob({
        account,
        ...(idempotencyKey === undefined ? { prompt: "once" } : { prompt: "keyed", idempotencyKey })
      })
    )
  const keyed = (yield* under("old", "order-7")).job.handle
  const plain = (yield* under("old")).job.handle
  return { ledger, under, keyed, plain }
})

/** Credentials of one account, and of accounts that are not known to be one. */
export const accountsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect.each<[string, Omit<AccountFacts, "credential">, Omit<AccountFacts, "credential">]>([
    ["that has a pack in common", { packs: ["p1", "p2"] }, { packs: ["p2", "p3"] }],
    ["that has the same name", { name: "Studio" }, { name: "studio" }],
    [
      "that is the same key at another base URL",
      { region: "global" },
      { region: "https://gateway.example", key: "k-old" }
    ],
    ["that has a pack in common, whatever its name", { packs: ["p1"], name: "a" }, { packs: ["p1"], name: "b" }]
  ])("a credential %s finds the jobs of the earlier one", ([, old, fresh]) =>
    Effect.gen(function* () {
      const { ledger, under, keyed, plain } = yield* withOldCredential(old)
      yield* ledger.registerAccount({ credential: "new", region: "global", key: "k-new", ...fresh })
      expect(yield* under("new", "order-7")).toMatchObject({ isNew: false, job: { handle: keyed } })
      expect(yield* under("new")).toMatchObject({ isNew: false, job: { handle: plain } })
      expect((yield* ledger.daySpend({ principal: "nobody", account: "new" })).usedUsd).toBeCloseTo(0.84)
      expect((yield* ledger.list()).jobs.map(({ account }) => account)).toEqual(["old", "old"])
      expect(yield* ledger.accountRelation("old", "new")).toBe("same")
    })
  )

  it.effect.each<[string, Omit<AccountFacts, "credential">, Omit<AccountFacts, "credential">]>([
    ["with other packs", { packs: ["p1"] }, { packs: ["q1"] }],
    ["with other packs, though named alike", { packs: ["p1"], name: "a" }, { packs: ["q1"], name: "a" }],
    ["of another name", { name: "studio" }, { name: "client" }],
    ["of the other region", { region: "global" }, { region: "china" }],
    ["of an emulator", { name: "a" }, { region: "http://127.0.0.1:4010", name: "a", key: "k-old" }]
  ])("a credential %s pays for itself", ([, old, fresh]) =>
    Effect.gen(function* () {
      const { ledger, under } = yield* withOldCredential(old)
      yield* ledger.registerAccount({ credential: "new", region: "global", key: "k-new", ...fresh })
      expect(yield* under("new", "order-7")).toMatchObject({ isNew: true })
      expect(yield* under("new")).toMatchObject({ isNew: true })
      expect(yield* ledger.accountRelation("old", "new")).toBe("different")
    })
  )

  it.effect("a credential that may be of the account is asked about before it pays, and pays once it is named", () =>
    Effect.gen(function* () {
      const { ledger, under, keyed, plain } = yield* withOldCredential({ packs: ["p1"] })
      yield* ledger.registerAccount({ credential: "new", region: "global", packs: [] })
      expect(yield* Effect.flip(under("new", "order-7"))).toMatchObject({
        reason: { _tag: "AccountUnknown", handle: keyed, by: "key" },
        wasCharged: "no"
      })
      expect(yield* Effect.flip(under("new"))).toMatchObject({ reason: { handle: plain, by: "request" } })
      expect((yield* ledger.list()).jobs).toHaveLength(2)
      yield* ledger.registerAccount({ credential: "old", name: "studio" })
      expect((yield* Effect.flip(under("new"))).code).toBe("LEDGER_ACCOUNT_UNKNOWN")
      yield* ledger.registerAccount({ credential: "new", name: "client" })
      expect(yield* under("new", "order-7")).toMatchObject({ isNew: true })
    })
  )

  it.effect("credentials of a ledger from before are linked by the user, with all that each has paid", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const under = (account: string, idempotencyKey: string) =>
        ledger.createJob(sampleJob({ account, idempotencyKey, prompt: "once" }))
      const first = (yield* under("gone", "a")).job.handle
      const second = (yield* under("new", "b")).job.handle
      expect((yield* Effect.flip(under("new", "a"))).code).toBe("LEDGER_ACCOUNT_UNKNOWN")
      yield* ledger.linkAccounts("new", "gone")
      expect((yield* under("new", "a")).job.handle).toBe(first)
      expect((yield* under("gone", "b")).job.handle).toBe(second)
    })
  )

  it.effect("joins accounts that turn out to be one, and those joined before", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.registerAccount({ credential: "a", packs: ["p1"] })
      yield* ledger.registerAccount({ credential: "b", packs: ["q1"] })
      yield* ledger.registerAccount({ credential: "b2", packs: ["q1"] })
      yield* ledger.registerAccount({ credential: "a2", packs: ["p1", "q1"] })
      for (const other of ["a", "b", "b2"]) expect(yield* ledger.accountRelation("a2", other)).toBe("same")
      expect(yield* ledger.credential("a2")).toMatchObject({ packs: ["p1", "q1"] })
    })
  )

  it.effect("does not tell accounts apart by packs that were read a year apart", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.registerAccount({ credential: "old", packs: ["p1"] })
      yield* TestClock.adjust("365 days")
      yield* ledger.registerAccount({ credential: "new", packs: ["q1"] })
      expect(yield* ledger.accountRelation("old", "new")).toBe("unknown")
    })
  )

  it.effect("shares queue, unfinished jobs and callbacks between the credentials of an account", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { job } = yield* ledger.createJob(sampleJob({ account: "old", queueKey: "video" }))
      if (job.lease === undefined) return expect.fail("no lease")
      yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease: job.lease })
      yield* ledger.release(job.handle, job.lease)
      yield* ledger.linkAccounts("new", "old")
      expect((yield* ledger.queue("new", "video")).running.map(({ handle }) => handle)).toEqual([job.handle])
      expect((yield* ledger.unfinished({ account: "new" })).map(({ handle }) => handle)).toEqual([job.handle])
      expect((yield* ledger.markCallbackReceived("new", job.handle)).handle).toBe(job.handle)
      expect((yield* ledger.queue("other", "video")).running).toEqual([])
    })
  )

  it.effect("a key that each of two accounts had refused is free once they are one", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const under = (account: string) => ledger.createJob(sampleJob({ account, idempotencyKey: "k", prompt: "once" }))
      for (const account of ["old", "new"]) {
        const { job } = yield* under(account)
        yield* ledger.transition(job.handle, ["INTENT"], "REFUSED", { message: "no" })
      }
      yield* ledger.linkAccounts("new", "old")
      expect(yield* under("new")).toMatchObject({ isNew: true })
      expect(yield* under("old")).toMatchObject({ isNew: false })
    })
  )
}
