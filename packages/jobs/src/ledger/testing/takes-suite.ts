import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { expect } from "vitest"
import type { NewJob } from "../create-job.ts"
import type { NewTakes } from "../create-takes.ts"
import { sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** Takes of one request for a video of 42 cents each. */
const takesOf = (numbers: readonly [number, ...ReadonlyArray<number>], changes: Partial<NewJob> = {}): NewTakes => {
  const takeOf = (take: number) => sampleJob({ prompt: "a fox", ...changes, take })
  const [first, ...others] = numbers
  return [takeOf(first), ...others.map(takeOf)]
}

/** The contract of `createTakes`: several takes are persisted together or not at all, and a replay finds them. */
export const takesSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("creates each take once, however often they are asked for, together or alone", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const alone = yield* ledger.createJob(takesOf([2])[0])
      const created = yield* ledger.createTakes(takesOf([1, 2, 3]))
      expect(created.map(({ isNew, job }) => [job.take, isNew])).toEqual([
        [1, true],
        [2, false],
        [3, true]
      ])
      expect(created[1]?.job.handle).toBe(alone.job.handle)
      // The third is made by the same call: the fourth would be another one.
      expect(created[1]?.nextTake).toBe(4)
      const again = yield* ledger.createTakes(takesOf([1, 2, 3]))
      expect(again.map(({ isNew, job }) => [isNew, job.handle])).toEqual(created.map(({ job }) => [false, job.handle]))
    })
  )

  it.effect("counts the takes that were made with the link of a result, before it was known by its handle", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const linkedIdentity = { image: "https://cdn.example/1.png" }
      yield* ledger.createTakes(takesOf([1, 2], { identity: linkedIdentity }))
      const request = { prompt: "a fox", identity: { image: "kk-img-1#1" }, linkedIdentity }
      expect(yield* ledger.createJob(sampleJob(request))).toMatchObject({ isNew: false, job: { take: 1 }, nextTake: 3 })
      const next = yield* ledger.createJob(sampleJob({ ...request, allowDuplicate: true }))
      expect(next).toMatchObject({ isNew: true, job: { take: 3 } })
    })
  )

  it.effect("finds what the account's other kind of credential has made on another path", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const legacy = { operation: "legacy.text2video", identity: { prompt: "a fox", mode: "std" } }
      const current = { prompt: "a fox", identity: { prompt: "a fox", resolution: "720p" } }
      const { job } = yield* ledger.createJob(sampleJob({ prompt: "a fox", ...legacy, idempotencyKey: "k1" }))
      const request = { ...current, otherIdentity: legacy }
      for (const key of [{}, { idempotencyKey: "k1" }]) {
        const found = yield* ledger.createJob(sampleJob({ ...request, ...key }))
        expect(found).toMatchObject({ isNew: false, job: { handle: job.handle }, nextTake: 2 })
      }
      expect(yield* ledger.createTakes(takesOf([1, 2], request))).toMatchObject([{ isNew: false }, { isNew: true }])
    })
  )

  it.effect("creates none if the limits do not allow all that are new", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (const limits of [{ maxUsdPerCall: 1.25 }, { maxUsdPerDay: 1.25 }]) {
        const error = yield* Effect.flip(ledger.createTakes(takesOf([1, 2, 3], { limits })))
        expect(error.reason).toMatchObject({ _tag: "OverBudget", quoteUsd: 1.26, today: { usedUsd: 0 } })
      }
      expect((yield* ledger.list({})).jobs).toEqual([])
      yield* ledger.createTakes(takesOf([1, 2], { limits: { maxUsdPerDay: 1.26 } }))
      yield* ledger.createTakes(takesOf([1, 2, 3], { limits: { maxUsdPerDay: 1.26 } }))
      expect((yield* ledger.daySpend({ principal: "local", account: "account-1" })).usedUsd).toBe(1.26)
    })
  )

  it.effect("consumes one approval for all, which cannot approve a single one, nor another number", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const [{ quote }] = takesOf([1])
      const total = { ...quote, priceUsd: 1.26 }
      const approval = yield* ledger.issueApproval({ fingerprint: "a fox x 3", quoteUsd: 1.26 }, 600)
      const approved = { approval, fingerprint: "a fox x 3", quote: total }
      const wrong = { ...approved, quote: { ...quote, priceUsd: 0.84 } }
      expect((yield* Effect.flip(ledger.createTakes(takesOf([1, 2]), wrong))).code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* Effect.flip(ledger.createJob({ ...takesOf([1])[0], approval }))).code).toBe("LEDGER_NOT_APPROVED")
      expect(yield* ledger.createTakes(takesOf([1, 2, 3]), approved)).toHaveLength(3)
      // A replay needs none.
      expect(yield* ledger.createTakes(takesOf([1, 2, 3]), approved)).toHaveLength(3)
      expect((yield* Effect.flip(ledger.createTakes(takesOf([4, 5, 6]), approved))).code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledger.list({})).jobs).toHaveLength(3)
    })
  )

  it.effect("without an approval finds those that exist, and persists none beside them", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.createTakes(takesOf([1, 2]))
      expect(yield* ledger.createTakes(takesOf([1, 2], { isUnapproved: true }))).toHaveLength(2)
      const error = yield* Effect.flip(ledger.createTakes(takesOf([1, 2, 3], { isUnapproved: true })))
      expect(error.code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledger.list({})).jobs).toHaveLength(2)
    })
  )

  it.effect("finds the takes that Kling has", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const [first, second] = yield* ledger.createTakes(takesOf([1, 2]))
      const lease = { owner: "this-process", fence: 1 }
      const handle = second?.job.handle ?? ""
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { lease, taskId: "7" })
      expect(yield* ledger.runningTakes(takesOf([1, 2, 3]))).toEqual([handle])
      expect(yield* ledger.runningTakes(takesOf([1, 3]))).toEqual([])
      expect(first?.job.state).toBe("INTENT")
    })
  )
}
