import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { BudgetLine } from "../budget-line.ts"
import type { Ledger } from "../ledger.ts"
import type { LedgerError } from "../ledger-error.ts"
import { advanceJob } from "./drawn-histories.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const dayMillis = 86_400_000
const anna: BudgetLine = { organization: "acme", project: "launch", person: "anna", key: "laptop" }
const costing = (cents: number): Quote => ({ ...sampleJob().quote, units: cents / 14, priceUsd: cents / 100 })
const unpriced: Quote = { state: "unknown", rule: "per template" }

const create = (ledger: Ledger["Service"], budgetLine: BudgetLine, cents = 42) =>
  ledger.createJob(sampleJob({ budgetLine, quote: costing(cents) }))

const pipelineOf = (number: number, cents: number, budgetLine: BudgetLine = anna) => {
  const step = { operation: "new.t2v.kling-3.0", quote: costing(cents), takesFrom: [], needs: [] }
  return {
    handle: `kk-chain-7${String(number).padStart(25, "0")}`,
    principal: "local",
    account: "account-1",
    budgetLine,
    name: "two videos",
    fingerprint: `budgets ${number}`,
    quote: costing(2 * cents),
    steps: [
      { id: "one", ...step },
      { id: "two", ...step }
    ],
    plan: { steps: [] }
  }
}

const budgetOf = (error: LedgerError) => (error.reason._tag === "BudgetExceeded" ? error.reason.budget : undefined)

/** Collects what is logged as a warning. */
const warnings = () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ logLevel, message }) => {
    if (logLevel === "Warn") lines.push([message].flat().join(" "))
  })
  return { lines, layer: Layer.fresh(Logger.layer([logger])) }
}

/** Budgets of people, enforced where a request is persisted. */
export const budgetsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("refuses on each level what its budget cannot hold, and says which, what is left and until when", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (const level of ["organization", "project", "person", "key"] as const) {
        const name = `the ${level}`
        const line = { ...anna, [level]: name }
        yield* ledger.budgets.set({ level, name, period: "month", limitUsd: 0.84 })
        yield* create(ledger, line)
        yield* create(ledger, line)
        const error = yield* Effect.flip(create(ledger, line))
        expect(error.message).toBe(
          `the budget of ${level} ${name}, $0.84 per month (UTC), has $0.00 left: $0.84 reserved; the quote of $0.42 would exceed it`
        )
        expect(error.suggestion).toBe(
          `wait until 2026-12-01 (UTC), ask for less, or ask those who run the server to raise the budget of ${level} ${name}; nothing was sent`
        )
        expect([error.code, error.wasCharged, error.isUnsent]).toEqual(["LEDGER_BUDGET_EXCEEDED", "no", true])
        expect(budgetOf(error)).toMatchObject({ level, name, limitUsd: 0.84, reservedUsd: 0.84, leftUsd: 0 })
        expect((yield* create(ledger, { ...anna, [level]: "another" })).isNew).toBe(true)
      }
    })
  )

  it.effect("counts what all keys of a person spend, on all accounts, and nothing of others", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.budgets.set({ level: "person", name: "anna", period: "day", limitUsd: 1 })
      const spend = (key: string, person: string) =>
        ledger.createJob(
          sampleJob({
            principal: `key:${key}`,
            account: `account-${key}`,
            budgetLine: { key, person, organization: "acme" }
          })
        )
      yield* spend("laptop", "anna")
      yield* spend("studio", "anna")
      yield* spend("ben", "ben")
      expect(yield* codeOf(spend("studio", "anna"))).toBe("LEDGER_BUDGET_EXCEEDED")
      expect((yield* spend("ben", "ben")).isNew).toBe(true)
      // Without a line the principal is a person; with an empty one no budget counts it.
      expect(yield* codeOf(ledger.createJob(sampleJob({ principal: "anna" })))).toBe("LEDGER_BUDGET_EXCEEDED")
      expect((yield* ledger.createJob(sampleJob({ principal: "anna", budgetLine: {} }))).isNew).toBe(true)
    })
  )

  it.effect("counts a day, a calendar month (UTC), or everything", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { budgets } = ledger
      yield* budgets.set({ level: "key", name: "daily", period: "day", limitUsd: 0.42 })
      yield* budgets.set({ level: "key", name: "monthly", period: "month", limitUsd: 0.42 })
      yield* budgets.set({ level: "key", name: "total", period: "total", limitUsd: 0.42 })
      const spend = (key: string) =>
        Effect.match(create(ledger, { key }), { onSuccess: () => "paid", onFailure: () => "" })
      const all = Effect.forEach(["daily", "monthly", "total"], spend)
      expect(yield* all).toEqual(["paid", "paid", "paid"])
      expect(yield* all).toEqual(["", "", ""])
      yield* TestClock.setTime(noon + dayMillis / 2)
      expect(yield* all).toEqual(["paid", "", ""])
      yield* TestClock.setTime(Date.UTC(2026, 11) - 1)
      expect(yield* all).toEqual(["paid", "", ""])
      yield* TestClock.setTime(Date.UTC(2026, 11))
      expect(yield* all).toEqual(["paid", "paid", ""])
      expect(yield* budgets.list).toMatchObject([
        { name: "total", period: "total", usedUsd: 0.42, leftUsd: 0 },
        { name: "monthly", period: "month", usedUsd: 0.42, resetsOn: "2027-01-01" },
        { name: "daily", period: "day", usedUsd: 0.42, resetsOn: "2026-12-02" }
      ])
    })
  )

  it.effect("keeps what a budget without a period counts when old jobs are deleted", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.budgets.set({ level: "person", name: "anna", period: "total", limitUsd: 1 })
      const paid = yield* Effect.forEach(["anna", "ben"], (person) => create(ledger, { person }))
      for (const { job } of paid) {
        const charges = [{ kind: "unit", amount: 3, pack: "video" }] as const
        yield* advanceJob(ledger, job, ["SENDING", "ACCEPTED", "SUCCEEDED"], { charges })
      }
      yield* TestClock.setTime(noon + 100 * dayMillis)
      expect(yield* ledger.purgeBefore(noon + 50 * dayMillis)).toBe(1)
      expect(yield* ledger.budgets.list).toMatchObject([{ chargedUsd: 0.42, leftUsd: 0.58 }])
    })
  )

  it.effect("is replaced, narrowed below what is spent, and removed", () =>
    Effect.gen(function* () {
      const { budgets, ...ledger } = (yield* openFresh).ledger
      const budget = { level: "person", name: "anna", period: "day" } as const
      yield* budgets.set({ ...budget, limitUsd: 1 })
      yield* create({ ...ledger, budgets }, anna)
      yield* budgets.set({ ...budget, limitUsd: 0.2 })
      yield* budgets.set({ ...budget, period: "month", limitUsd: 5 })
      expect(yield* budgets.list).toMatchObject([
        { period: "month", limitUsd: 5, leftUsd: 4.58 },
        { period: "day", limitUsd: 0.2, usedUsd: 0.42, leftUsd: 0 }
      ])
      expect(yield* codeOf(create({ ...ledger, budgets }, anna))).toBe("LEDGER_BUDGET_EXCEEDED")
      expect(yield* budgets.remove("person", "anna", "day")).toBe(1)
      expect(yield* budgets.remove("person", "anna", "day")).toBe(0)
      expect((yield* create({ ...ledger, budgets }, anna)).isNew).toBe(true)
      expect(yield* budgets.remove("person", "anna")).toBe(1)
      expect(yield* budgets.list).toEqual([])
    })
  )

  it.effect(
    "holds no price that is unknown until charged, also not within a pipeline, and lets free requests pass",
    () =>
      Effect.gen(function* () {
        const { ledger } = yield* openFresh
        const unbudgeted = yield* ledger.createJob(sampleJob({ budgetLine: anna, quote: unpriced }))
        expect(unbudgeted.isNew).toBe(true)
        yield* ledger.budgets.set({ level: "organization", name: "acme", period: "month", limitUsd: 100 })
        const error = yield* Effect.flip(ledger.createJob(sampleJob({ budgetLine: anna, quote: unpriced })))
        expect(error.message).toBe(
          "a request whose price is unknown until charged cannot be held by the budget of organization acme, $100.00 per month (UTC)"
        )
        expect(error.suggestion).toMatch(/^choose a request with a published price, or .* remove the budget/)
        const pipeline = pipelineOf(1, 42)
        const steps = pipeline.steps.map((step) => (step.id === "two" ? { ...step, quote: unpriced } : step))
        expect(yield* codeOf(ledger.pipelines.create({ ...pipeline, steps, quote: unpriced }))).toBe(
          "LEDGER_BUDGET_EXCEEDED"
        )
        yield* ledger.budgets.set({ level: "organization", name: "acme", period: "month", limitUsd: 0 })
        expect((yield* create(ledger, anna, 0)).isNew).toBe(true)
        expect(yield* codeOf(create(ledger, anna))).toBe("LEDGER_BUDGET_EXCEEDED")
      })
  )

  it.effect("counts takes as a whole, all or none", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.budgets.set({ level: "project", name: "launch", period: "month", limitUsd: 1 })
      const first = sampleJob({ budgetLine: anna })
      const takes = (count: number) =>
        ledger.createTakes([
          first,
          ...Array.from({ length: count - 1 }, (_, index) => ({
            ...first,
            handle: sampleJob().handle,
            take: index + 2
          }))
        ])
      expect(yield* codeOf(takes(3))).toBe("LEDGER_BUDGET_EXCEEDED")
      expect(yield* ledger.budgets.list).toMatchObject([{ usedUsd: 0 }])
      expect(yield* takes(2)).toHaveLength(2)
      // The third would be new; the two that exist are not paid again.
      expect(yield* codeOf(takes(3))).toBe("LEDGER_BUDGET_EXCEEDED")
      expect((yield* takes(2)).map(({ isNew }) => isNew)).toEqual([false, false])
      expect(yield* ledger.budgets.list).toMatchObject([{ usedUsd: 0.84 }])
    })
  )

  it.effect("reserves a pipeline as a whole, counts each step once, and releases what is not spent", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.budgets.set({ level: "person", name: "anna", period: "month", limitUsd: 1 })
      expect(yield* codeOf(ledger.pipelines.create(pipelineOf(1, 51)))).toBe("LEDGER_BUDGET_EXCEEDED")
      const { pipeline } = yield* ledger.pipelines.create(pipelineOf(2, 42))
      const left = Effect.map(ledger.budgets.list, ([budget]) => budget?.leftUsd)
      expect(yield* left).toBe(0.16)
      expect(yield* codeOf(create(ledger, anna, 17))).toBe("LEDGER_BUDGET_EXCEEDED")
      // Its steps are paid for whom the pipeline is, also if another program runs it.
      const partOf = { pipeline: pipeline.handle, step: "one" }
      const { job } = yield* ledger.createJob(sampleJob({ partOf, budgetLine: { person: "ben" } }))
      expect(yield* left).toBe(0.16)
      yield* advanceJob(ledger, job, ["SENDING", "REFUSED"])
      expect(yield* left).toBe(0.16)
      yield* ledger.pipelines.end(pipeline, "STOPPED", "a step has failed")
      expect(yield* left).toBe(1)
      yield* create(ledger, anna, 20)
      expect(yield* codeOf(ledger.pipelines.resume(pipeline))).toBe("LEDGER_BUDGET_EXCEEDED")
      yield* ledger.budgets.set({ level: "person", name: "anna", period: "month", limitUsd: 1.04 })
      expect((yield* ledger.pipelines.resume(pipeline)).state).toBe("RUNNING")
      expect(yield* left).toBe(0)
    })
  )

  it.effect("says once that most of a budget is used, logs it once per period, and never for a refusal", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { lines, layer } = warnings()
      const alertsOf = (cents: number, approval?: string) =>
        ledger
          .createJob(
            sampleJob({ budgetLine: anna, quote: costing(cents), ...(approval === undefined ? {} : { approval }) })
          )
          .pipe(Effect.map(({ alerts = [] }) => alerts.map(({ state }) => [state.level, state.usedUsd])))
      yield* Effect.gen(function* () {
        yield* ledger.budgets.set({ level: "person", name: "anna", period: "day", limitUsd: 1 })
        yield* ledger.budgets.set({ level: "project", name: "launch", period: "month", limitUsd: 100 })
        expect(yield* alertsOf(79)).toEqual([])
        expect(yield* codeOf(alertsOf(1, "no such approval"))).toBe("LEDGER_NOT_APPROVED")
        expect(lines).toEqual([])
        expect(yield* alertsOf(1)).toEqual([["person", 0.8]])
        expect(yield* alertsOf(1)).toEqual([])
        const line =
          "the budget of person anna, $1.00 per day (UTC) is 80 % used: $0.20 is left, until 2026-11-23 (UTC)"
        expect(lines).toEqual([line])
        yield* TestClock.setTime(noon + dayMillis)
        expect(yield* alertsOf(90)).toEqual([["person", 0.9]])
        expect(lines).toHaveLength(2)
        const whole = yield* ledger.createTakes([
          sampleJob({ prompt: "two", budgetLine: anna, quote: costing(1) }),
          { ...sampleJob({ prompt: "two", budgetLine: anna, quote: costing(1) }), take: 2 }
        ])
        expect(whole.flatMap(({ alerts = [] }) => alerts)).toEqual([])
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect("says it again after a release, and does not log it again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { lines, layer } = warnings()
      yield* ledger.budgets.set({ level: "person", name: "anna", period: "total", limitUsd: 0.5 })
      yield* Effect.gen(function* () {
        const { job, alerts } = yield* create(ledger, anna)
        expect(alerts).toMatchObject([{ isFirst: true }])
        yield* advanceJob(ledger, job, ["SENDING", "REFUSED"])
        expect((yield* create(ledger, anna)).alerts).toMatchObject([{ isFirst: false, state: { leftUsd: 0.08 } }])
      }).pipe(Effect.provide(layer))
      expect(lines).toEqual(["the budget of person anna, $0.50 in total is 84 % used: $0.08 is left"])
    })
  )
}
