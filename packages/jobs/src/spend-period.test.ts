import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { dayText } from "./ledger/budget.ts"
import { spendDays, type SpendTime } from "./spend-period.ts"

// A Sunday, shortly before midnight in UTC.
const now = Date.UTC(2026, 10, 22, 23, 59)

const daysOf = (since?: SpendTime, until?: SpendTime) =>
  spendDays({ ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }, now).pipe(
    Effect.map(({ from, to }) => `${dayText(from)} ${dayText(to)}`)
  )

describe("the days of a search", () => {
  it.effect.each([
    [undefined, undefined, "2026-11-22 2026-11-22"],
    ["today", undefined, "2026-11-22 2026-11-22"],
    ["yesterday", undefined, "2026-11-21 2026-11-22"],
    ["yesterday", "yesterday", "2026-11-21 2026-11-21"],
    ["7d", undefined, "2026-11-16 2026-11-22"],
    ["30 days", undefined, "2026-10-24 2026-11-22"],
    ["This Week", undefined, "2026-11-16 2026-11-22"],
    ["last-week", "last-week", "2026-11-09 2026-11-15"],
    ["this_month", "this_month", "2026-11-01 2026-11-22"],
    ["last month", "last month", "2026-10-01 2026-10-31"],
    ["this year", undefined, "2026-01-01 2026-11-22"],
    ["2026-09-01", "2026-09-30", "2026-09-01 2026-09-30"],
    // A time is its day in UTC, whatever its time zone.
    ["2026-11-20T23:30:00-02:00", undefined, "2026-11-21 2026-11-22"],
    ["2026-11-20 12:00", undefined, "2026-11-20 2026-11-22"],
    [new Date(Date.UTC(2026, 10, 20, 5)), undefined, "2026-11-20 2026-11-22"],
    [undefined, "yesterday", "2026-11-21 2026-11-21"],
    ["today", "2027-01-01", "2026-11-22 2026-11-22"]
  ] as const)("%s until %s", ([since, until, days]) =>
    Effect.gen(function* () {
      expect(yield* daysOf(since, until)).toBe(days)
    })
  )

  it.effect.each([
    ["week", undefined, "since must be a date (2026-09-01)"],
    ["0d", undefined, "since must be a date"],
    ["2026-02-30", undefined, "since must be a date"],
    ["20/11/2026", undefined, "since must be a date"],
    ["2026-11-20T25:00", undefined, "since must be a date"],
    [new Date(Number.NaN), undefined, "since must be a date"],
    ["today", "soon", "until must be a date"],
    ["2026-11-23", undefined, "since is in the future"],
    [undefined, "2026-11-23", "until is in the future"],
    ["2026-11-20", "2026-11-19", "until is before since"]
  ] as const)("refuses %s until %s", ([since, until, message]) =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(daysOf(since, until))).message).toContain(message)
    })
  )
})
