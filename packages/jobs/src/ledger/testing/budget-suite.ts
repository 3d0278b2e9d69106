import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { expect } from "vitest"
import type { Approved } from "../approvals.ts"
import type { Intent } from "../begin-job.ts"
import type { JobState } from "../job-state.ts"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { openFresh, type Opened, type TestDatabase } from "./test-database.ts"

const purse = { principal: "local", account: "account-1" }
const unpriced: Quote = { state: "unknown", rule: "per template" }
/** A clip that follows a sound of unknown length. */
const bounded: Quote = {
  state: "estimate",
  pack: "video",
  atMost: { units: 120, priceUsd: 16.8 },
  rule: "0.4 video units a second"
}

/** Begins a film of 42 cents and takes it as far as asked. */
const reach = Effect.fnUntraced(function* (
  { ledger }: Opened,
  path: ReadonlyArray<JobState>,
  changes: Partial<Intent> = {}
) {
  const { job } = yield* ledger.begin(sampleIntent(changes))
  const lease = { owner: "this-process", fence: 1 }
  let from: JobState = "INTENT"
  for (const to of path) {
    yield* ledger.transition(job.handle, [from], to, { lease })
    from = to
  }
  return job.handle
})

/** Spend limits and approvals, decided where the intent is written down. */
export const budgetSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("takes a call at its limit, and refuses one above it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.begin(sampleIntent({ limits: { maxUsdPerCall: 0.42 } }))
      const error = yield* Effect.flip(ledger.begin(sampleIntent({ limits: { maxUsdPerCall: 0.41 } })))
      expect(error.message).toBe("the quote of $0.42 is over the limit of $0.41 per call ($0.42 spent today)")
      expect(error.suggestion).toBe("ask for less, or raise KLINGKIT_MAX_USD_PER_CALL; nothing was sent")
      expect([error.code, error.wasCharged]).toEqual(["LEDGER_OVER_BUDGET", "no"])
    })
  )

  it.effect("lets a day's spending reach its limit, not pass it, until the next UTC day", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const film = () => ledger.begin(sampleIntent({ limits: { maxUsdPerDay: 0.84 } }))
      yield* film()
      yield* film()
      const error = yield* Effect.flip(film())
      expect(error.message).toBe(
        "$0.84 are spent today; with the quote of $0.42 that is over the limit of $0.84 per day (UTC)"
      )
      yield* TestClock.setTime(noon + 12 * 3_600_000 - 1)
      expect(yield* codeOf(film())).toBe("LEDGER_OVER_BUDGET")
      yield* TestClock.setTime(noon + 12 * 3_600_000)
      yield* film()
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.42)
    })
  )

  it.effect("of 20 at once lets no more pass than the day allows", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const codes = yield* Effect.forEach(
        Array.from({ length: 20 }, () => sampleIntent({ limits: { maxUsdPerDay: 2.1 } })),
        (intent) => Effect.match(ledger.begin(intent), { onSuccess: () => "begun", onFailure: ({ code }) => code }),
        { concurrency: "unbounded" }
      )
      expect(codes.filter((code) => code === "begun")).toHaveLength(5)
      expect(codes.filter((code) => code === "LEDGER_OVER_BUDGET")).toHaveLength(15)
    })
  )

  it.effect("counts what may have been charged, and gives back what was not", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const spentAfter = Effect.fnUntraced(function* (path: ReadonlyArray<JobState>) {
        const before = yield* opened.ledger.spentTodayUsd(purse)
        yield* reach(opened, path)
        return Math.round(((yield* opened.ledger.spentTodayUsd(purse)) - before) * 100)
      })
      expect(yield* spentAfter(["SENDING"])).toBe(42)
      expect(yield* spentAfter(["SENDING", "IN_DOUBT"])).toBe(42)
      expect(yield* spentAfter(["SENDING", "IN_DOUBT", "UNKNOWN"])).toBe(42)
      expect(yield* spentAfter(["SENDING", "INTENT"])).toBe(42)
      expect(yield* spentAfter(["SENDING", "REFUSED"])).toBe(0)
      expect(yield* spentAfter(["REFUSED"])).toBe(0)
    })
  )

  it.effect("counts the charge in place of the quote once it is known", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const handle = yield* reach(opened, ["SENDING", "ACCEPTED"])
      const settled = yield* ledger.settle(handle, [{ kind: "unit", amount: 2, pack: "video" }])
      expect(settled).toMatchObject({ spentUsd: 0.28, charges: [{ kind: "unit", amount: 2 }] })
      yield* ledger.transition(handle, ["ACCEPTED"], "FAILED", { charges: [{ kind: "unit", amount: 0 }] })
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0)
      const other = yield* reach(opened, ["SENDING", "ACCEPTED"])
      expect((yield* ledger.settle(other, [{ kind: "cash", amount: 3, currency: "CNY" }])).spentUsd).toBe(0.42)
      expect((yield* ledger.settle(other, [{ kind: "cash", amount: 0.3, currency: "USD" }])).spentUsd).toBe(0.3)
    })
  )

  it.effect("counts one person's accounts together, and one account's people", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const limits = { maxUsdPerDay: 0.5 }
      const begin = (principal: string, account: string) => ledger.begin(sampleIntent({ principal, account, limits }))
      yield* begin("anna", "account-1")
      expect(yield* codeOf(begin("anna", "account-2"))).toBe("LEDGER_OVER_BUDGET")
      expect(yield* codeOf(begin("ben", "account-1"))).toBe("LEDGER_OVER_BUDGET")
      expect((yield* begin("ben", "account-2")).isNew).toBe(true)
    })
  )

  it.effect("reserves the most that a quote can come to, and counts the charge in its place", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const begin = (limits: Intent["limits"], quote = bounded) =>
        ledger.begin(sampleIntent({ quote, ...(limits === undefined ? {} : { limits }) }))
      const perCall = yield* Effect.flip(begin({ maxUsdPerCall: 16.79 }))
      expect(perCall.message).toBe(
        "the quote of at most $16.80 is over the limit of $16.79 per call ($0.00 spent today)"
      )
      expect(perCall.suggestion).toMatch(/^give a sound from this machine, .* or raise KLINGKIT_MAX_USD_PER_CALL; /)
      const { job } = yield* begin({ maxUsdPerCall: 16.8, maxUsdPerDay: 17 })
      expect(yield* ledger.spentTodayUsd(purse)).toBe(16.8)
      expect((yield* Effect.flip(begin({ maxUsdPerDay: 17 }))).message).toBe(
        "$16.80 are spent today; with the quote of at most $16.80 that is over the limit of $17.00 per day (UTC)"
      )
      yield* ledger.settle(job.handle, [{ kind: "unit", amount: 4.4 }])
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.616)
      // A likely price beside the most: the most counts.
      yield* begin({}, { ...bounded, units: 1, priceUsd: 0.14, atMost: { units: 2, priceUsd: 0.28 } })
      expect(yield* ledger.spentTodayUsd(purse)).toBe(0.896)
    })
  )

  it.effect("lets an unknown price pass while the day is not used up", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const limits = { maxUsdPerCall: 1, maxUsdPerDay: 0.42 }
      expect((yield* ledger.begin(sampleIntent({ quote: unpriced, limits }))).job.spentUsd).toBe(0)
      yield* ledger.begin(sampleIntent({ limits }))
      expect(yield* codeOf(ledger.begin(sampleIntent({ quote: unpriced, limits })))).toBe("LEDGER_OVER_BUDGET")
    })
  )

  it.effect("takes an approval once, for its request, price and person only, while it lasts", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const approved = { principal: "anna", fingerprint: "f1", quoteUsd: 0.42 }
      const token = yield* ledger.issueApproval(approved, 60)
      for (const other of [
        { ...approved, principal: "ben" },
        { ...approved, fingerprint: "f2" },
        { ...approved, quoteUsd: 0.43 },
        { principal: "anna", fingerprint: "f1" }
      ]) {
        expect(yield* codeOf(ledger.consumeApproval(token, other))).toBe("LEDGER_NOT_APPROVED")
      }
      expect(yield* codeOf(ledger.consumeApproval("'; --\0", approved))).toBe("LEDGER_NOT_APPROVED")
      yield* ledger.consumeApproval(token, approved)
      expect(yield* codeOf(ledger.consumeApproval(token, approved))).toBe("LEDGER_NOT_APPROVED")
      const late = yield* ledger.issueApproval(approved, 60)
      yield* TestClock.adjust("60 seconds")
      expect(yield* codeOf(ledger.consumeApproval(late, approved))).toBe("LEDGER_NOT_APPROVED")
    })
  )

  it.effect("lets nobody use an approval that was taken back", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const approved = { fingerprint: "f1" }
      const [refused, kept] = [yield* ledger.issueApproval(approved, 60), yield* ledger.issueApproval(approved, 60)]
      yield* ledger.withdrawApproval(refused)
      yield* ledger.withdrawApproval("never issued")
      expect(yield* codeOf(ledger.consumeApproval(refused, approved))).toBe("LEDGER_NOT_APPROVED")
      yield* ledger.consumeApproval(kept, approved)
    })
  )

  it.effect("takes an approval exactly when all of it fits, whatever else is brought", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const approved = fc.record(
        {
          principal: fc.constantFrom("anna", "ben", "local"),
          fingerprint: fc.constantFrom("f1", "f2"),
          quoteUsd: fc.constantFrom(0.42, 16.8)
        },
        { requiredKeys: ["fingerprint"] }
      )
      const attempt = fc.record({ given: approved, used: approved, waitSeconds: fc.constantFrom(0, 59, 60, 600) })
      // The one without a name is the local one.
      const whole = ({ principal = "local", ...rest }: Approved) => JSON.stringify([principal, rest])
      const passed: Array<boolean> = []
      for (const { given, used, waitSeconds } of fc.sample(attempt, { seed: 1, numRuns: 100 })) {
        const token = yield* ledger.issueApproval(given, 60)
        yield* TestClock.adjust(waitSeconds * 1000)
        const passes = yield* Effect.isSuccess(ledger.consumeApproval(token, used))
        expect({ given, used, waitSeconds, passes }).toEqual({
          given,
          used,
          waitSeconds,
          passes: waitSeconds < 60 && whole(given) === whole(used)
        })
        expect(yield* Effect.isSuccess(ledger.consumeApproval(token, given))).toBe(!passes && waitSeconds < 60)
        passed.push(passes)
      }
      expect(new Set(passed).size).toBe(2)
    })
  )

  it.effect("of 20 who use one approval at once lets one pass", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const approved = { fingerprint: "f1" }
      const token = yield* ledger.issueApproval(approved, 60)
      const passed = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => Effect.isSuccess(ledger.consumeApproval(token, approved)),
        { concurrency: "unbounded" }
      )
      expect(passed.filter(Boolean)).toHaveLength(1)
    })
  )

  it.effect("uses an approval up together with a new job, not for a replay, and not when refused", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const intent = sampleIntent({ prompt: "approved" })
      const probe = yield* ledger.begin({ ...intent, handle: `${intent.handle}-probe`, account: "another" })
      const approval = yield* ledger.issueApproval({ fingerprint: probe.job.fingerprint, quoteUsd: 0.42 }, 60)
      expect(yield* codeOf(ledger.begin({ ...intent, approval, limits: { maxUsdPerCall: 0.1 } }))).toBe(
        "LEDGER_OVER_BUDGET"
      )
      expect((yield* ledger.begin({ ...intent, approval })).isNew).toBe(true)
      expect((yield* ledger.begin(sampleIntent({ prompt: "approved", approval }))).isNew).toBe(false)
      const repeat = sampleIntent({ prompt: "approved", approval, allowRepeat: true })
      expect(yield* codeOf(ledger.begin(repeat))).toBe("LEDGER_NOT_APPROVED")
    })
  )
}
