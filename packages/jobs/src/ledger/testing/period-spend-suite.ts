import type { Vitest } from "@effect/vitest"
import type { Charge } from "@klingkit/core"
import { Effect, Struct } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { dayOf } from "../budget.ts"
import type { Ledger } from "../ledger.ts"
import { spendGroupings, type SpendGroup } from "../period-spend.ts"
import { advanceJob, drawnHistories } from "./drawn-histories.ts"
import { noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const scope = { principal: "local", account: "account-1" }
const today = dayOf(noon)
const oneDay = { from: today, to: today }
const dayMillis = 86_400_000
const partNames = ["chargedUsd", "reservedUsd", "unknownUsd", "usedUsd"] as const
const units = (amount: number, pack = "video"): Charge => ({ kind: "unit", amount, pack })

const charge = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  charges: ReadonlyArray<Charge>,
  changes: Parameters<typeof sampleJob>[0] = {}
) {
  const { job } = yield* ledger.createJob(sampleJob(changes))
  yield* advanceJob(ledger, job, ["SENDING", "ACCEPTED", "SUCCEEDED"], { charges })
  return job
})

const inGroups = (groups: ReadonlyArray<SpendGroup> = []) =>
  groups.map(({ name, usedUsd, tasks }) => [name, usedUsd, tasks])

/** The account of several days: the same rows as the account of the day, in the same parts. */
export const periodSpendSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("adds up days, the last one included, and groups them", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* charge(ledger, [units(3)])
      yield* TestClock.setTime(noon + dayMillis)
      yield* charge(ledger, [units(3)])
      yield* charge(ledger, [units(8, "image")], { operation: "legacy.images.generations", model: "kling-v3" })
      yield* TestClock.setTime(noon + 2 * dayMillis)
      yield* ledger.createJob(sampleJob({ model: "", operation: "legacy.tts" }))
      yield* advanceJob(ledger, (yield* ledger.createJob(sampleJob())).job, ["REFUSED"])
      const days = { from: today, to: today + 2 }
      expect(yield* ledger.periodSpend(scope, days)).toEqual({
        since: "2026-11-22",
        until: "2026-11-24",
        chargedUsd: 0.868,
        reservedUsd: 0.42,
        unknownUsd: 0,
        usedUsd: 1.288,
        tasks: 4,
        charges: expect.arrayContaining([units(6), units(8, "image")])
      })
      const by = (grouping: (typeof spendGroupings)[number]) =>
        Effect.map(ledger.periodSpend(scope, days, grouping), ({ groups }) => inGroups(groups))
      expect(yield* by("day")).toEqual([
        ["2026-11-22", 0.42, 1],
        ["2026-11-23", 0.448, 2],
        ["2026-11-24", 0.42, 1]
      ])
      expect(yield* by("model")).toEqual([
        ["kling-3.0", 0.84, 2],
        [undefined, 0.42, 1],
        ["kling-v3", 0.028, 1]
      ])
      expect(yield* by("operation")).toEqual([
        ["new.t2v.kling-3.0", 0.84, 2],
        ["legacy.tts", 0.42, 1],
        ["legacy.images.generations", 0.028, 1]
      ])
      expect((yield* ledger.periodSpend(scope, oneDay)).usedUsd).toBe(0.42)
      expect(yield* ledger.periodSpend(scope, { from: today - 9, to: today - 1 })).toMatchObject({
        usedUsd: 0,
        tasks: 0
      })
    })
  )

  it.effect("counts what limits count: of the user on any account, and of anyone on the account", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* charge(ledger, [units(1)], { account: "account-2" })
      yield* charge(ledger, [units(2)], { principal: "somebody" })
      yield* charge(ledger, [units(4)], { principal: "somebody", account: "account-2" })
      const { usedUsd, charges } = yield* ledger.periodSpend(scope, oneDay)
      expect([usedUsd, charges]).toEqual([0.42, [units(3)]])
    })
  )

  it.effect("keeps the cost of a charge that cannot be read, and its other charges", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      const { handle } = yield* charge(ledger, [units(3)])
      yield* charge(ledger, [units(1), { kind: "cash", amount: 2, currency: "USD" }])
      yield* sql`UPDATE klingkit_jobs SET charges = '[{"kind":' WHERE handle = ${handle}`
      const { chargedUsd, charges } = yield* ledger.periodSpend(scope, oneDay)
      expect([chargedUsd, charges]).toEqual([2.56, [units(1), { kind: "cash", amount: 2, currency: "USD" }]])
    })
  )

  it.effect.each(drawnHistories(8))("is the account of its day, however it is grouped: history %i", ([, run]) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* run(ledger, (expected) =>
        Effect.gen(function* () {
          const day = Struct.pick(yield* ledger.daySpend(expected.scope), partNames)
          for (const by of spendGroupings) {
            const { groups = [], ...whole } = yield* ledger.periodSpend(expected.scope, oneDay, by)
            expect(Struct.pick(whole, partNames)).toEqual(day)
            for (const part of partNames) {
              const sum = groups.reduce((total, group) => total + group[part], 0)
              expect(sum).toBeCloseTo(day[part], 9)
            }
            expect(groups.reduce((total, { tasks }) => total + tasks, 0)).toBe(whole.tasks)
          }
        })
      )
    })
  )
}
