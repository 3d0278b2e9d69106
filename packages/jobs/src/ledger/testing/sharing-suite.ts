import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { expect } from "vitest"
import { fingerprintOf } from "../fingerprint.ts"
import { startChild } from "./child-program.ts"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { type Place, TestDatabase } from "./test-database.ts"

const freshPlace = Effect.gen(function* () {
  yield* TestClock.setTime(noon)
  const place = yield* (yield* TestDatabase).fresh
  return place as Place & { readonly argument: string }
})

const costing = (cents: number): Quote => ({
  state: "exact",
  pack: "video",
  units: cents / 14,
  priceUsd: cents / 100,
  rule: ""
})

/** Several connections and processes on one ledger, and processes that die. */
export const sharingSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("is made once, by whichever of ten opens it first", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const all = yield* Effect.all(
        Array.from({ length: 10 }, () => place.open),
        { concurrency: "unbounded" }
      )
      const { sql } = yield* place.open
      expect(yield* sql`SELECT name FROM klingkit_migrations`).toHaveLength(3)
      const begun = yield* Effect.forEach(all, ({ ledger }) => ledger.begin(sampleIntent()), {
        concurrency: "unbounded"
      })
      expect(begun.every(({ isNew }) => isNew)).toBe(true)
    })
  )

  it.effect("makes one job of one key, and keeps the day's limit, over ten connections", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const all = yield* Effect.all(
        Array.from({ length: 10 }, () => place.open),
        { concurrency: "unbounded" }
      )
      const { input } = sampleIntent()
      const keyed = yield* Effect.forEach(
        all,
        ({ ledger }) => ledger.begin({ ...sampleIntent({ idempotencyKey: "k1" }), input }),
        { concurrency: "unbounded" }
      )
      expect(keyed.filter(({ isNew }) => isNew)).toHaveLength(1)
      const codes = yield* Effect.forEach(
        [...all, ...all],
        ({ ledger }) =>
          ledger
            .begin(sampleIntent({ limits: { maxUsdPerDay: 2.1 } }))
            .pipe(Effect.match({ onSuccess: () => "begun", onFailure: ({ code }) => code })),
        { concurrency: "unbounded" }
      )
      expect(codes.filter((code) => code === "begun")).toHaveLength(4)
      expect(codes.filter((code) => code === "LEDGER_OVER_BUDGET")).toHaveLength(16)
    })
  )

  it.effect("gives a job to one of ten connections", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const all = yield* Effect.all(
        Array.from({ length: 10 }, () => place.open),
        { concurrency: "unbounded" }
      )
      const [first] = all
      if (first === undefined) return
      const { lease: _, ...unheld } = sampleIntent()
      const { handle } = (yield* first.ledger.begin(unheld)).job
      const codes = yield* Effect.forEach(
        all,
        ({ ledger }, index) =>
          ledger
            .claim(handle, { owner: `process-${index}`, seconds: 30 })
            .pipe(Effect.match({ onSuccess: () => "claimed", onFailure: ({ code }) => code })),
        { concurrency: "unbounded" }
      )
      expect(codes.toSorted()).toEqual([...Array.from({ length: 9 }, () => "LEDGER_LEASE_HELD"), "claimed"])
    })
  )

  it.effect("remembers what a process began before it was killed", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const child = yield* startChild(place.argument)
      const intents = [sampleIntent(), sampleIntent({ prompt: "x".repeat(1_000_000) })]
      expect(yield* child.begin(intents)).toEqual(intents.map(({ handle }) => ({ handle, isNew: true })))
      yield* child.kill
      const { ledger } = yield* place.open
      for (const { handle, input } of intents) {
        expect((yield* ledger.get(handle)).state).toBe("INTENT")
        expect(yield* ledger.input(handle)).toEqual(input)
      }
      // What the dead process held becomes free, and its work can be taken up.
      yield* TestClock.setTime(Date.now() + 60_000)
      const taken = yield* ledger.claimUnfinished({}, { owner: "heir", seconds: 30 })
      expect(taken.map(({ lease }) => lease?.fence)).toEqual([2, 2])
    })
  )

  it.effect("makes one job of one key, and keeps the day's limit, over two processes", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const children = yield* Effect.all([startChild(place.argument), startChild(place.argument)], {
        concurrency: "unbounded"
      })
      const { input } = sampleIntent()
      const beginAll = (make: () => ReturnType<typeof sampleIntent>) =>
        Effect.map(
          Effect.forEach(children, (child) => child.begin(Array.from({ length: 10 }, make)), {
            concurrency: "unbounded"
          }),
          (outcomes) => outcomes.flat()
        )
      const keyed = yield* beginAll(() => ({ ...sampleIntent({ idempotencyKey: "k1" }), input }))
      expect(keyed.filter((one) => "isNew" in one && one.isNew)).toHaveLength(1)
      expect(new Set(keyed.map((one) => "handle" in one && one.handle)).size).toBe(1)
      const limited = yield* beginAll(() => sampleIntent({ limits: { maxUsdPerDay: 2.1 } }))
      expect(limited.filter((one) => "isNew" in one && one.isNew)).toHaveLength(4)
      expect(limited.filter((one) => "code" in one && one.code === "LEDGER_OVER_BUDGET")).toHaveLength(16)
    })
  )

  it.effect("brings a ledger of an earlier version up to date, with its jobs", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const { ledger, sql } = yield* place.open
      const { job } = yield* ledger.begin(sampleIntent())
      yield* sql`DELETE FROM klingkit_migrations WHERE migration_id > 1`
      yield* sql`DROP INDEX klingkit_jobs_lane`
      yield* sql`DROP INDEX klingkit_jobs_chain`
      yield* sql`DROP TABLE klingkit_chains`
      const following = ["looked_at", "called_at", "queued_at", "promised_at", "lane", "slots", "usual_seconds"]
      const added = [...following, "chain", "step", "answer"]
      yield* Effect.forEach(added, (column) => sql`ALTER TABLE klingkit_jobs DROP COLUMN ${sql(column)}`)
      const { ledger: later } = yield* place.open
      const { slots: _, ...before } = job
      expect(yield* later.get(job.handle)).toEqual(before)
      expect(yield* later.claimLooks([job.handle], 1500)).toHaveLength(1)
    })
  )

  it.effect("spends up to the limit's edge and never past it, whatever two processes ask for at once", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const children = yield* Effect.all([startChild(place.argument), startChild(place.argument)], {
        concurrency: "unbounded"
      })
      yield* TestClock.setTime(Date.now())
      const { ledger } = yield* place.open
      const day = fc.record({
        cents: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 8, maxLength: 24 }),
        share: fc.integer({ min: 20, max: 90 })
      })
      const reached: Array<boolean> = []
      for (const [number, { cents, share }] of fc.sample(day, { seed: 1, numRuns: 8 }).entries()) {
        // Cents of one size fill the limit to the last; of many sizes they mostly do not.
        const prices = number % 2 === 0 ? cents.map(() => cents[0] ?? 1) : cents
        const limit = Math.floor((prices.length * share) / 100) * (prices[0] ?? 1)
        const purse = { principal: `person-${number}`, account: `account-${number}` }
        const intents = prices.map((price) =>
          sampleIntent({ ...purse, quote: costing(price), limits: { maxUsdPerDay: limit / 100 } })
        )
        const outcomes = yield* Effect.forEach(
          children,
          (child, half) => child.begin(intents.filter((_, index) => index % 2 === half)),
          { concurrency: "unbounded" }
        )
        const order = [0, 1].flatMap((half) => prices.filter((_, index) => index % 2 === half))
        const refused = outcomes.flat().flatMap((one, index) => ("code" in one ? [order[index] ?? 0] : []))
        const spent = Math.round(100 * (yield* ledger.spentTodayUsd(purse)))
        const [begun, all] = [
          order.reduce((sum, one) => sum + one, 0) - refused.reduce((sum, one) => sum + one, 0),
          limit
        ]
        expect({ number, spent, over: spent > all }).toEqual({ number, spent: begun, over: false })
        // Nobody was refused who would still fit.
        expect(refused.filter((price) => price <= limit - spent)).toEqual([])
        reached.push(spent === limit)
      }
      expect(reached).toContain(true)
    })
  )

  it.effect("lets one approval pass once, whichever of two processes brings it", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const children = yield* Effect.all([startChild(place.argument), startChild(place.argument)], {
        concurrency: "unbounded"
      })
      yield* TestClock.setTime(Date.now())
      const { ledger } = yield* place.open
      for (let turn = 0; turn < 5; turn++) {
        const { input, operation } = sampleIntent()
        const fingerprint = yield* fingerprintOf(operation, input)
        const approval = yield* ledger.issueApproval({ fingerprint, quoteUsd: 0.42 }, 60)
        const outcomes = yield* Effect.forEach(
          children,
          (child) =>
            child.begin(Array.from({ length: 5 }, () => ({ ...sampleIntent({ allowRepeat: true, approval }), input }))),
          { concurrency: "unbounded" }
        )
        expect(outcomes.flat().filter((one) => "isNew" in one && one.isNew)).toHaveLength(1)
        expect(outcomes.flat().filter((one) => "code" in one && one.code === "LEDGER_NOT_APPROVED")).toHaveLength(9)
      }
    })
  )

  it.effect("refuses a ledger of a later version, and leaves it as it is", () =>
    Effect.gen(function* () {
      const place = yield* freshPlace
      const { sql } = yield* place.open
      yield* sql`INSERT INTO klingkit_migrations (migration_id, name) VALUES (99, 'of_tomorrow')`
      const failed = yield* Effect.flip(place.open)
      expect(failed).toMatchObject({
        code: "LEDGER_NEWER_VERSION",
        wasCharged: "no",
        message: "the ledger of the test has version 99; this klingkit knows versions up to 3",
        suggestion: "update klingkit; an older one must not touch it; nothing was sent"
      })
      expect(yield* sql`SELECT name FROM klingkit_migrations`).toHaveLength(4)
    })
  )

  it.effect("says when the database itself fails, without a word of what it was asked", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* (yield* freshPlace).open
      yield* sql`DROP TABLE klingkit_bodies`
      expect(yield* codeOf(ledger.begin(sampleIntent()))).toBe("LEDGER_STORAGE_FAILED")
      expect((yield* ledger.list()).jobs).toEqual([])
    })
  )
}
