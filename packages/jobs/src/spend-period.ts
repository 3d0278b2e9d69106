import type { KlingError } from "@klingkit/core"
import { invalidInput } from "@klingkit/core/internal"
import { Effect } from "effect"
import { dayOf, type Days } from "./ledger/budget.ts"
import type { SpendGrouping } from "./ledger/period-spend.ts"

/**
 * A day in UTC, as limits count days: a date, a time (the day that it is in), or words: `today`, `yesterday`, `7d` (today and
 * the six days before), `this week` (from Monday), `last week`, `this month`, `last month`, `this year`.
 */
export type SpendTime = string | Date

/** Which days to account for, and how to group them. */
export interface SpendSearch {
  /** The first day, or the words for a period: its first day. That of `until` if absent. */
  readonly since?: SpendTime | undefined
  /** The last day; today if absent. */
  readonly until?: SpendTime | undefined
  readonly by?: SpendGrouping | undefined
}

/** The days that a search means. */
export const spendDays = (search: SpendSearch, now: number): Effect.Effect<Days, KlingError> => {
  const { until = "today", since = until } = search
  const [first, last] = [readDays(since, now), readDays(until, now)]
  const refuse = (field: "since" | "until", message: string) => Effect.fail(invalidInput([{ field, message }]))
  if (last === undefined) return refuse("until", meanings)
  if (first === undefined) return refuse("since", meanings)
  const today = dayOf(now)
  if (first.from > today) return refuse(search.since === undefined ? "until" : "since", "is in the future")
  return first.from > last.to
    ? refuse("until", "is before {since}")
    : Effect.succeed({ from: first.from, to: Math.min(last.to, today) })
}

const meanings =
  "must be a date (2026-09-01), a time with a date, or: today, yesterday, 7d, this week, last week, this month, last month, this year"

const longestDays = 36_500

const readDays = (time: SpendTime, now: number): Days | undefined => {
  if (typeof time !== "string") return readTime(time)
  const words = time
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, " ")
  const today = dayOf(now)
  const count = Number(/^(\d{1,5}) ?(?:d|days?)$/.exec(words)?.[1] ?? 0)
  if (count > 0) return count > longestDays ? undefined : { from: today - count + 1, to: today }
  const date = new Date(now)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const days = (from: number, until: number): Days => ({ from: dayOf(from), to: dayOf(until) - 1 })
  const monday = today - ((date.getUTCDay() + 6) % 7)
  switch (words) {
    case "today":
      return { from: today, to: today }
    case "yesterday":
      return { from: today - 1, to: today - 1 }
    case "this week":
      return { from: monday, to: monday + 6 }
    case "last week":
      return { from: monday - 7, to: monday - 1 }
    case "this month":
      return days(Date.UTC(year, month), Date.UTC(year, month + 1))
    case "last month":
      return days(Date.UTC(year, month - 1), Date.UTC(year, month))
    case "this year":
      return days(Date.UTC(year, 0), Date.UTC(year + 1, 0))
    default:
      return readTime(timeOf(time.trim()))
  }
}

/** A date that exists, alone or with a time; without a time zone it is in UTC. */
const timeOf = (text: string): Date => {
  const [, date, time = "", zone = ""] = /^(\d{4}-\d\d-\d\d)(?:[T ]([\d:.]+)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ?? []
  const exists = date !== undefined && isoDate(new Date(`${date}T00:00Z`)) === date
  return new Date(exists ? `${date}T${time || "00:00"}${zone || "Z"}` : Number.NaN)
}

const isoDate = (date: Date): string => (Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10))

const readTime = (date: Date): Days | undefined => {
  const day = dayOf(date.getTime())
  return Number.isNaN(day) ? undefined : { from: day, to: day }
}
