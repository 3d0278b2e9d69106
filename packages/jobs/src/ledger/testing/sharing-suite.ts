import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { expect } from "vitest"
import type { NewJob } from "../create-job.ts"
import { requestFingerprint } from "../find-duplicate.ts"
import { type ChildProgram, type Outcome, startChild } from "./child-program.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { type DatabaseLocation, TestDatabase } from "./test-database.ts"

const freshLocation = Effect.gen(function* () {
  yield* TestClock.setTime(noon)
  const location = yield* (yield* TestDatabase).fresh
  return location as DatabaseLocation & { readonly argument: string }
})

const openTen = ({ open }: DatabaseLocation) =>
  Effect.all(
    Array.from({ length: 10 }, () => open),
    { concurrency: "unbounded" }
  )

const startTwo = ({ argument }: { readonly argument: string }) =>
  Effect.all([startChild(argument), startChild(argument)], { concurrency: "unbounded" })

/** What became of the requests that both processes make at the same time. */
const createInBoth = (children: ReadonlyArray<ChildProgram>, requestsOf: (half: number) => ReadonlyArray<NewJob>) =>
  Effect.forEach(children, (child, half) => child.createAll(requestsOf(half)), { concurrency: "unbounded" }).pipe(
    Effect.map((outcomes) => outcomes.flat())
  )

const newOf = (outcomes: ReadonlyArray<Outcome>) => outcomes.filter((outcome) => "isNew" in outcome && outcome.isNew)
const refusedOf = (outcomes: ReadonlyArray<Outcome>, code: string) =>
  outcomes.filter((outcome) => "code" in outcome && outcome.code === code)

const costing = (cents: number): Quote => ({
  state: "exact",
  pack: "video",
  units: cents / 14,
  priceUsd: cents / 100,
  rule: ""
})

/** Several connections and processes on one ledger, and processes that are killed. */
export const sharingSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("is migrated once, by the first of ten connections", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const all = yield* openTen(location)
      const { sql } = yield* location.open
      expect(yield* sql`SELECT name FROM klingkit_migrations`).toHaveLength(16)
      const created = yield* Effect.forEach(all, ({ ledger }) => ledger.createJob(sampleJob()), {
        concurrency: "unbounded"
      })
      expect(created.every(({ isNew }) => isNew)).toBe(true)
    })
  )

  it.effect("creates one job per key, and enforces the daily limit, across ten connections", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const all = yield* openTen(location)
      const { input } = sampleJob()
      const keyed = yield* Effect.forEach(
        all,
        ({ ledger }) => ledger.createJob({ ...sampleJob({ idempotencyKey: "k1" }), input }),
        { concurrency: "unbounded" }
      )
      expect(keyed.filter(({ isNew }) => isNew)).toHaveLength(1)
      const codes = yield* Effect.forEach(
        [...all, ...all],
        ({ ledger }) =>
          ledger
            .createJob(sampleJob({ limits: { maxUsdPerDay: 2.1 } }))
            .pipe(Effect.match({ onSuccess: () => "created", onFailure: ({ code }) => code })),
        { concurrency: "unbounded" }
      )
      expect(codes.filter((code) => code === "created")).toHaveLength(4)
      expect(codes.filter((code) => code === "LEDGER_OVER_BUDGET")).toHaveLength(16)
    })
  )

  it.effect("grants a job to one of ten connections", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const all = yield* openTen(location)
      const [first] = all
      if (first === undefined) return
      const { lease: _, ...unheld } = sampleJob()
      const { handle } = (yield* first.ledger.createJob(unheld)).job
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

  it.effect("keeps what a process created before it was killed", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const child = yield* startChild(location.argument)
      const requests = [sampleJob(), sampleJob({ prompt: "x".repeat(1_000_000) })]
      expect(yield* child.createAll(requests)).toEqual(requests.map(({ handle }) => ({ handle, isNew: true })))
      yield* child.kill
      const { ledger } = yield* location.open
      for (const { handle, input } of requests) {
        expect((yield* ledger.get(handle)).state).toBe("INTENT")
        expect(yield* ledger.input(handle)).toEqual(input)
      }
      // The leases of the dead process expire, and its jobs can be recovered.
      yield* TestClock.setTime(Date.now() + 60_000)
      const recovered = yield* ledger.claimUnfinished({}, { owner: "next-process", seconds: 30 })
      expect(recovered.map(({ lease }) => lease?.fence)).toEqual([2, 2])
    })
  )

  it.effect("creates one job per key, and enforces the daily limit, across two processes", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const children = yield* startTwo(location)
      const { input } = sampleJob()
      const createAll = (newJob: () => NewJob) => createInBoth(children, () => Array.from({ length: 10 }, newJob))
      const keyed = yield* createAll(() => ({ ...sampleJob({ idempotencyKey: "k1" }), input }))
      expect(newOf(keyed)).toHaveLength(1)
      expect(new Set(keyed.map((outcome) => "handle" in outcome && outcome.handle)).size).toBe(1)
      const limited = yield* createAll(() => sampleJob({ limits: { maxUsdPerDay: 2.1 } }))
      expect(newOf(limited)).toHaveLength(4)
      expect(refusedOf(limited, "LEDGER_OVER_BUDGET")).toHaveLength(16)
    })
  )

  it.effect("migrates a ledger of an earlier version, with its jobs", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const { ledger, sql } = yield* location.open
      const { job } = yield* ledger.createJob(sampleJob())
      yield* ledger.createJob(sampleJob({ principal: "anna" }))
      yield* ledger.createJob(sampleJob({ principal: "key:ci" }))
      yield* sql`DELETE FROM klingkit_migrations WHERE migration_id > 1`
      yield* sql`DROP TABLE klingkit_budgets`
      yield* sql`DROP INDEX klingkit_jobs_budget`
      yield* sql`DROP INDEX klingkit_jobs_queue`
      yield* sql`DROP INDEX klingkit_jobs_pipeline`
      yield* sql`DROP INDEX klingkit_jobs_step_key`
      yield* sql`DROP INDEX klingkit_jobs_recheck`
      yield* sql`DROP INDEX klingkit_approvals_purpose`
      for (const column of ["principal", "code", "question", "granted_at"]) {
        yield* sql`ALTER TABLE klingkit_approvals DROP COLUMN ${sql(column)}`
      }
      yield* sql`DROP TABLE klingkit_found_steps`
      yield* sql`DROP TABLE klingkit_pipelines`
      yield* sql`DROP TABLE klingkit_ledger`
      yield* sql`DROP TABLE klingkit_accounts`
      yield* sql`DROP TABLE klingkit_access_keys`
      yield* sql`DROP TABLE klingkit_endpoints`
      yield* sql`DROP TABLE klingkit_messages`
      yield* sql`DROP TABLE klingkit_stored_credentials`
      yield* sql`DROP TABLE klingkit_uploads`
      yield* sql`DROP INDEX klingkit_jobs_duplicate`
      yield* sql`CREATE INDEX klingkit_jobs_repeat ON klingkit_jobs (fingerprint, created_at)`
      const second = ["polled_at", "callback_received_at", "queued_at", "acknowledged_at", "queue_key", "slots"]
      const added = [
        ...second,
        "expected_seconds",
        "pipeline",
        "step",
        "answer",
        "take",
        "is_next_take",
        "previous_handle",
        "step_key",
        "expected_outputs",
        "recheck_at",
        "rechecks",
        "request",
        "organization",
        "project",
        "person",
        "access_key"
      ]
      yield* Effect.forEach(added, (column) => sql`ALTER TABLE klingkit_jobs DROP COLUMN ${sql(column)}`)
      const { ledger: later } = yield* location.open
      const { slots: _slots, expectedOutputs: _expected, ...before } = job
      expect(yield* later.get(job.handle)).toEqual(before)
      expect(yield* later.claimPolls([job.handle], 1500)).toHaveLength(1)
      // What was paid before counts: for its person, or its access key.
      yield* later.budgets.set({ level: "person", name: "anna", period: "month", limitUsd: 1 })
      yield* later.budgets.set({ level: "key", name: "ci", period: "month", limitUsd: 1 })
      expect(yield* later.budgets.list).toMatchObject([
        { name: "anna", usedUsd: 0.42 },
        { name: "ci", usedUsd: 0.42 }
      ])
      expect(yield* codeOf(later.createJob(sampleJob({ principal: "anna", quote: costing(59) })))).toBe(
        "LEDGER_BUDGET_EXCEEDED"
      )
    })
  )

  it.effect("spends exactly up to the limit and never above it, for any concurrent requests of two processes", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const children = yield* startTwo(location)
      yield* TestClock.setTime(Date.now())
      const { ledger } = yield* location.open
      const day = fc.record({
        cents: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 8, maxLength: 24 }),
        share: fc.integer({ min: 20, max: 90 })
      })
      const reached: Array<boolean> = []
      for (const [number, { cents, share }] of fc.sample(day, { seed: 1, numRuns: 8 }).entries()) {
        // Equal prices use up the limit exactly; mixed prices mostly do not.
        const prices = number % 2 === 0 ? cents.map(() => cents[0] ?? 1) : cents
        const limit = Math.floor((prices.length * share) / 100) * (prices[0] ?? 1)
        const scope = { principal: `principal-${number}`, account: `account-${number}` }
        const requests = prices.map((price) =>
          sampleJob({ ...scope, quote: costing(price), limits: { maxUsdPerDay: limit / 100 } })
        )
        const outcomes = yield* createInBoth(children, (half) => requests.filter((_, index) => index % 2 === half))
        const order = [0, 1].flatMap((half) => prices.filter((_, index) => index % 2 === half))
        const refused = outcomes.flatMap((outcome, index) => ("code" in outcome ? [order[index] ?? 0] : []))
        const spent = Math.round(100 * (yield* ledger.daySpend(scope)).usedUsd)
        const [accepted, limitCents] = [
          order.reduce((sum, price) => sum + price, 0) - refused.reduce((sum, price) => sum + price, 0),
          limit
        ]
        expect({ number, spent, over: spent > limitCents }).toEqual({ number, spent: accepted, over: false })
        // No request was refused that would still have fit.
        expect(refused.filter((price) => price <= limit - spent)).toEqual([])
        reached.push(spent === limit)
      }
      expect(reached).toContain(true)
    })
  )

  it.effect("spends exactly up to a budget and never above it, for two principals of one person in two processes", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const children = yield* startTwo(location)
      yield* TestClock.setTime(Date.now())
      const { ledger } = yield* location.open
      for (const [number, level] of (["organization", "project", "person", "key"] as const).entries()) {
        const name = `name-${number}`
        yield* ledger.budgets.set({ level, name, period: "month", limitUsd: 2.1 })
        const outcomes = yield* createInBoth(children, (half) =>
          Array.from({ length: 10 }, () =>
            sampleJob({
              principal: `key:${number}-${half}`,
              account: `account-${number}-${half}`,
              budgetLine: { organization: `o-${number}`, key: `${number}-${half}`, [level]: name }
            })
          )
        )
        expect(newOf(outcomes)).toHaveLength(5)
        expect(refusedOf(outcomes, "LEDGER_BUDGET_EXCEEDED")).toHaveLength(15)
        const [budget] = yield* ledger.budgets.of({ [level]: name })
        expect(budget).toMatchObject({ usedUsd: 2.1, leftUsd: 0 })
      }
    })
  )

  it.effect("accepts an approval once across two processes", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const children = yield* startTwo(location)
      yield* TestClock.setTime(Date.now())
      const { ledger } = yield* location.open
      for (let round = 0; round < 5; round++) {
        const { input, operation } = sampleJob()
        const fingerprint = yield* requestFingerprint({ operation, input })
        const approval = yield* ledger.issueApproval({ fingerprint, quoteUsd: 0.42 }, 60)
        const outcomes = yield* createInBoth(children, (half) =>
          Array.from({ length: 5 }, (_, index) => ({
            ...sampleJob({ take: 5 * half + index + 1, approval }),
            input
          }))
        )
        expect(newOf(outcomes)).toHaveLength(1)
        expect(refusedOf(outcomes, "LEDGER_NOT_APPROVED")).toHaveLength(9)
      }
    })
  )

  it.effect("refuses a ledger of a later version, and leaves it unchanged", () =>
    Effect.gen(function* () {
      const location = yield* freshLocation
      const { sql } = yield* location.open
      yield* sql`INSERT INTO klingkit_migrations (migration_id, name) VALUES (99, 'of_tomorrow')`
      const failed = yield* Effect.flip(location.open)
      expect(failed).toMatchObject({
        code: "LEDGER_NEWER_VERSION",
        wasCharged: "no",
        message: "the ledger of the test has version 99; this klingkit supports versions up to 16",
        suggestion: "update klingkit; an older version must not change this ledger; nothing was sent"
      })
      expect(yield* sql`SELECT name FROM klingkit_migrations`).toHaveLength(17)
    })
  )

  it.effect("reports a failure of the database without quoting the statement", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* (yield* freshLocation).open
      yield* sql`DROP TABLE klingkit_bodies`
      expect(yield* codeOf(ledger.createJob(sampleJob()))).toBe("LEDGER_STORAGE_FAILED")
      expect((yield* ledger.list()).jobs).toEqual([])
    })
  )
}
