import type { Vitest } from "@effect/vitest"
import { type Charge, maxUsd } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { JobState } from "../job-state.ts"
import { advanceJob, drawnHistories } from "./drawn-histories.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const scope = { principal: "local", account: "account-1" }
const nothing = { chargedUsd: 0, reservedUsd: 0, unknownUsd: 0, usedUsd: 0 }
const units = (amount: number): ReadonlyArray<Charge> => [{ kind: "unit", amount, pack: "video" }]
const accepted: ReadonlyArray<JobState> = ["SENDING", "ACCEPTED"]

/** The account of the day: what limits count, in parts. */
export const daySpendSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect.each([
    [[], "reservedUsd"],
    [["SENDING"], "reservedUsd"],
    [["SENDING", "IN_DOUBT"], "reservedUsd"],
    [["SENDING", "IN_DOUBT", "UNKNOWN"], "unknownUsd"],
    [["SENDING", "IN_DOUBT", "UNKNOWN", "ACCEPTED"], "reservedUsd"],
    [[...accepted, "RUNNING"], "reservedUsd"],
    [[...accepted, "SUCCEEDED"], "reservedUsd"],
    [[...accepted, "FAILED"], "unknownUsd"]
  ] as ReadonlyArray<readonly [ReadonlyArray<JobState>, string]>)(
    "counts the price of a job after %j as %s",
    ([path, part]) =>
      Effect.gen(function* () {
        const { ledger } = yield* openFresh
        yield* advanceJob(ledger, (yield* ledger.createJob(sampleJob())).job, path)
        expect(yield* ledger.daySpend(scope)).toEqual({ ...nothing, [part]: 0.42, usedUsd: 0.42, day: "2026-11-22" })
      })
  )

  it.effect("counts what was charged once the bill is in, however late, and the quote of a call that has no bill", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = Effect.suspend(() => Effect.map(ledger.createJob(sampleJob()), ({ job }) => job))
      yield* advanceJob(ledger, yield* create, [...accepted, "FAILED"], { charges: units(0) })
      yield* advanceJob(ledger, yield* create, ["REFUSED"])
      expect(yield* ledger.daySpend(scope)).toMatchObject(nothing)
      const late = yield* create
      yield* advanceJob(ledger, late, [...accepted, "SUCCEEDED"])
      yield* ledger.addLateResults(late.handle, { outputs: [], charges: units(2) })
      expect(yield* ledger.daySpend(scope)).toMatchObject({ ...nothing, chargedUsd: 0.28, usedUsd: 0.28 })
      yield* advanceJob(ledger, yield* create, ["SENDING", "SUCCEEDED"], { answer: { text: "a fox" } })
      expect(yield* ledger.daySpend(scope)).toMatchObject({ ...nothing, chargedUsd: 0.7, usedUsd: 0.7 })
    })
  )

  it.effect("says what is left of the limit per day, at least nothing, and begins anew at midnight UTC", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.createJob(sampleJob())
      const left = (maxUsdPerDay: number) =>
        Effect.map(ledger.daySpend(scope, { maxUsdPerDay }), ({ leftUsd }) => leftUsd)
      expect([yield* left(1), yield* left(0.42), yield* left(0.3)]).toEqual([0.58, 0, 0])
      expect(yield* ledger.daySpend(scope, { maxUsdPerCall: 1 })).not.toHaveProperty("leftUsd")
      yield* TestClock.setTime(noon + 12 * 3_600_000)
      expect(yield* ledger.daySpend(scope, { maxUsdPerDay: 1 })).toEqual({
        ...nothing,
        day: "2026-11-23",
        limitUsd: 1,
        leftUsd: 1
      })
    })
  )

  it.effect("is refused with the parts of the day", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const limits = { maxUsdPerDay: 1 }
      yield* advanceJob(ledger, (yield* ledger.createJob(sampleJob())).job, [...accepted, "SUCCEEDED"], {
        charges: units(3)
      })
      yield* ledger.createJob(sampleJob())
      const error = yield* Effect.flip(ledger.createJob(sampleJob({ limits })))
      expect(error.reason).toMatchObject({ _tag: "OverBudget", today: yield* ledger.daySpend(scope, limits) })
      expect(error.message).toBe(
        "$0.84 of today's limit is used: $0.42 charged, $0.42 reserved; the quote of $0.42 would exceed the limit of $1.00 per day (UTC)"
      )
    })
  )

  it.effect.each(drawnHistories(24))(
    "has parts that add up to what limits count, after each step of history %i",
    ([, run]) =>
      Effect.gen(function* () {
        const { ledger } = yield* openFresh
        yield* run(ledger, (expected) =>
          Effect.gen(function* () {
            const { day: _day, usedUsd, ...parts } = yield* ledger.daySpend(expected.scope)
            expect(parts).toEqual(expected.parts)
            expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0)
            const sum = Object.values(parts).reduce((total, usd) => total + usd, 0)
            expect([usedUsd, sum]).toEqual([expect.closeTo(expected.usedUsd, 9), expect.closeTo(usedUsd, 9)])
            // One millionth less than what a request needs refuses it.
            const request = sampleJob(expected.scope)
            const maxUsdPerDay = usedUsd + (maxUsd(request.quote) ?? 0) - 1e-6
            expect(yield* codeOf(ledger.createJob({ ...request, limits: { maxUsdPerDay } }))).toBe("LEDGER_OVER_BUDGET")
          })
        )
      })
  )
}
