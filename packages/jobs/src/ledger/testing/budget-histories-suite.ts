import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { expect } from "vitest"
import { dayOf } from "../budget.ts"
import { type BudgetLevel, budgetLevels, type BudgetLine } from "../budget-line.ts"
import type { JobState } from "../job-state.ts"
import { reportGroupings } from "../period-spend.ts"
import { advanceJob } from "./drawn-histories.ts"
import { noon, sampleJob } from "./sample-job.ts"
import { TestDatabase } from "./test-database.ts"

const costing = (cents: number): Quote => ({ ...sampleJob().quote, units: cents / 14, priceUsd: cents / 100 })

const lines = fc.record<Record<BudgetLevel, string>>({
  organization: fc.constantFrom("acme", "other"),
  project: fc.constantFrom("launch", "spring"),
  person: fc.constantFrom("anna", "ben", "cleo"),
  key: fc.constantFrom("laptop", "ci")
})

/** What becomes of a request, in cents of its price: what is charged at the end, or what stays reserved. */
const outcomes = {
  open: { path: ["SENDING"], billed: undefined, stays: true },
  refused: { path: ["SENDING", "REFUSED"], billed: undefined, stays: false },
  unsent: { path: ["REFUSED"], billed: undefined, stays: false },
  unknown: { path: ["SENDING", "IN_DOUBT", "UNKNOWN"], billed: undefined, stays: true },
  failed: { path: ["SENDING", "ACCEPTED", "FAILED"], billed: 0, stays: false },
  paid: { path: ["SENDING", "ACCEPTED", "SUCCEEDED"], billed: 1, stays: true },
  cheaper: { path: ["SENDING", "ACCEPTED", "SUCCEEDED"], billed: 0.5, stays: true }
} as const satisfies Record<string, { path: ReadonlyArray<JobState>; billed: number | undefined; stays: boolean }>
type Outcome = keyof typeof outcomes

const request = fc.record({
  line: lines,
  cents: fc.integer({ min: 1, max: 20 }).map((units) => units * 14),
  takes: fc.constantFrom(1, 1, 2),
  outcome: fc.constantFrom<Outcome>("open", "refused", "unsent", "unknown", "failed", "paid", "paid", "cheaper")
})
const histories = fc.record({
  requests: fc.array(request, { minLength: 30, maxLength: 60 }),
  limits: fc.array(
    fc.record({ line: lines, level: fc.constantFrom(...budgetLevels), cents: fc.integer({ min: 50, max: 1500 }) }),
    {
      minLength: 3,
      maxLength: 8
    }
  )
})

/** Drawn requests of several people, made by two programs at once, and what the ledger must say of them. */
export const budgetHistoriesSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect.each(fc.sample(histories, { seed: 1, numRuns: 6 }).map((history, number) => [number, history] as const))(
    "no level exceeds its limit, and the report adds up: history %i",
    ([, { requests, limits }]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(noon)
        const location = yield* (yield* TestDatabase).fresh
        const [one, two] = [(yield* location.open).ledger, (yield* location.open).ledger]
        const budgets = new Map(
          limits.map(({ level, line, cents }) => [`${level} ${line[level]}`, { level, name: line[level], cents }])
        )
        for (const { level, name, cents } of budgets.values()) {
          yield* one.budgets.set({ level, name, period: "month", limitUsd: cents / 100 })
        }
        const pay = Effect.fnUntraced(function* (
          { line, cents, takes, outcome }: (typeof requests)[number],
          index: number
        ) {
          const ledger = index % 2 === 0 ? one : two
          const first = sampleJob({ principal: `key:${line.key}`, budgetLine: line, quote: costing(cents) })
          const others = Array.from({ length: takes - 1 }, (_, other) => ({
            ...first,
            handle: sampleJob().handle,
            take: other + 2
          }))
          const created = yield* Effect.result(ledger.createTakes([first, ...others]))
          if (created._tag === "Failure") return { line, cents: 0, asked: takes * cents, code: created.failure.code }
          const { path, billed, stays } = outcomes[outcome]
          for (const { job } of created.success) {
            const charges =
              billed === undefined
                ? {}
                : { charges: [{ kind: "unit", amount: (billed * cents) / 14, pack: "video" }] as const }
            yield* advanceJob(ledger, job, path, charges)
          }
          return { line, cents: stays ? takes * (billed ?? 1) * cents : 0, asked: takes * cents, code: "" }
        })
        const paid = yield* Effect.forEach(requests, pay, { concurrency: 4 })
        const spentOf = (level: BudgetLevel, name: string) =>
          paid.reduce((sum, { line, cents }) => (line[level] === name ? sum + cents : sum), 0)
        for (const { level, name, limitUsd, usedUsd } of yield* one.budgets.list) {
          expect({ level, name, over: usedUsd > limitUsd, usedUsd }).toEqual({
            level,
            name,
            over: false,
            usedUsd: spentOf(level, name) / 100
          })
        }
        expect(new Set(paid.map(({ code }) => code)).size).toBeLessThanOrEqual(2)
        const total = paid.reduce((sum, { cents }) => sum + cents, 0) / 100
        const days = { from: dayOf(noon), to: dayOf(noon) }
        for (const by of reportGroupings) {
          const { usedUsd, groups = [] } = yield* two.reportSpend(days, by)
          expect({ by, usedUsd }).toEqual({ by, usedUsd: total })
          expect(Math.round(groups.reduce((sum, group) => sum + group.usedUsd * 100, 0))).toBe(Math.round(total * 100))
          for (const { name = "", usedUsd: used } of groups) {
            if (isLevel(by)) expect([by, name, used]).toEqual([by, name, spentOf(by, name) / 100])
          }
        }
      })
  )

  it.effect("refuses nothing that all budgets can hold, and everything that one cannot", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const { ledger } = yield* (yield* (yield* TestDatabase).fresh).open
      const seen = new Set<boolean>()
      const limits = { organization: 900, project: 500, person: 400, key: 700 }
      const names: ReadonlyArray<BudgetLine> = fc.sample(lines, { seed: 2, numRuns: 40 })
      const used = new Map<string, number>()
      for (const level of budgetLevels) {
        for (const name of new Set(names.map((line) => line[level] ?? ""))) {
          yield* ledger.budgets.set({ level, name, period: "total", limitUsd: limits[level] / 100 })
        }
      }
      for (const [index, line] of names.entries()) {
        const cents = 14 * (1 + (index % 12))
        const keys = budgetLevels.map((level) => [level, `${level} ${line[level]}`] as const)
        const fits = keys.every(([level, key]) => (used.get(key) ?? 0) + cents <= limits[level])
        const isPaid = yield* Effect.isSuccess(ledger.createJob(sampleJob({ budgetLine: line, quote: costing(cents) })))
        expect({ index, isPaid }).toEqual({ index, isPaid: fits })
        if (fits) for (const [, key] of keys) used.set(key, (used.get(key) ?? 0) + cents)
        seen.add(fits)
      }
      expect(seen.size).toBe(2)
    })
  )
}

const isLevel = (by: string): by is BudgetLevel => budgetLevels.some((level) => level === by)
