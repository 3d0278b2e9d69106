import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { expect } from "vitest"
import type { Approved } from "../approvals.ts"
import type { NewJob } from "../create-job.ts"
import type { JobState } from "../job-state.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type Opened, type TestDatabase } from "./test-database.ts"

const scope = { principal: "local", account: "account-1" }
const unpriced: Quote = { state: "unknown", rule: "per template" }
/** A video as long as an audio file of unknown length. */
const bounded: Quote = {
  state: "estimate",
  pack: "video",
  upperBound: { units: 120, priceUsd: 16.8 },
  rule: "0.4 video units per second"
}

/** Creates a video job of 42 cents and moves it along a path of states. */
const advance = Effect.fnUntraced(function* (
  { ledger }: Opened,
  path: ReadonlyArray<JobState>,
  changes: Partial<NewJob> = {}
) {
  const { job } = yield* ledger.createJob(sampleJob(changes))
  const lease = { owner: "this-process", fence: 1 }
  let from: JobState = "INTENT"
  for (const to of path) {
    yield* ledger.transition(job.handle, [from], to, { lease })
    from = to
  }
  return job.handle
})

/** Spend limits and approvals, enforced where a request is persisted. */
export const budgetSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("accepts a call at the limit, and refuses one above it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.createJob(sampleJob({ limits: { maxUsdPerCall: 0.42 } }))
      const error = yield* Effect.flip(ledger.createJob(sampleJob({ limits: { maxUsdPerCall: 0.41 } })))
      expect(error.message).toBe(
        "the quote of $0.42 exceeds the limit of $0.41 per call ($0.42 is used today: $0.42 reserved)"
      )
      expect(error.suggestion).toBe(
        "ask for less, or raise limits.maxUsdPerCall / KLINGKIT_MAX_USD_PER_CALL; nothing was sent"
      )
      expect([error.code, error.wasCharged]).toEqual(["LEDGER_OVER_BUDGET", "no"])
    })
  )

  it.effect("allows a day's spending up to the limit, never above it, until the next UTC day", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = () => ledger.createJob(sampleJob({ limits: { maxUsdPerDay: 0.84 } }))
      yield* create()
      yield* create()
      const error = yield* Effect.flip(create())
      expect(error.message).toBe(
        "$0.84 of today's limit is used: $0.84 reserved; the quote of $0.42 would exceed the limit of $0.84 per day (UTC)"
      )
      yield* TestClock.setTime(noon + 12 * 3_600_000 - 1)
      expect(yield* codeOf(create())).toBe("LEDGER_OVER_BUDGET")
      yield* TestClock.setTime(noon + 12 * 3_600_000)
      yield* create()
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.42)
    })
  )

  it.effect("counts on an account that others use only what the principal has spent", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.createJob(sampleJob({ principal: "key:bert" }))
      const limits = { maxUsdPerDay: 0.5 }
      expect(yield* codeOf(ledger.createJob(sampleJob({ principal: "key:anna", limits })))).toBe("LEDGER_OVER_BUDGET")
      const shared = { principal: "key:anna", limits: { ...limits, isShared: true } }
      yield* ledger.createJob(sampleJob(shared))
      expect(yield* codeOf(ledger.createJob(sampleJob(shared)))).toBe("LEDGER_OVER_BUDGET")
      const { account } = scope
      expect((yield* ledger.daySpend({ principal: "key:anna", account, isShared: true })).usedUsd).toBe(0.42)
      expect((yield* ledger.daySpend({ principal: "key:anna", account })).usedUsd).toBe(0.84)
    })
  )

  it.effect("of 20 concurrent requests accepts no more than the daily limit allows", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const codes = yield* Effect.forEach(
        Array.from({ length: 20 }, () => sampleJob({ limits: { maxUsdPerDay: 2.1 } })),
        (newJob) =>
          Effect.match(ledger.createJob(newJob), { onSuccess: () => "created", onFailure: ({ code }) => code }),
        { concurrency: "unbounded" }
      )
      expect(codes.filter((code) => code === "created")).toHaveLength(5)
      expect(codes.filter((code) => code === "LEDGER_OVER_BUDGET")).toHaveLength(15)
    })
  )

  it.effect("counts what may have been charged, and releases what was not", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const spentAfter = Effect.fnUntraced(function* (path: ReadonlyArray<JobState>) {
        const before = (yield* opened.ledger.daySpend(scope)).usedUsd
        yield* advance(opened, path)
        return Math.round(((yield* opened.ledger.daySpend(scope)).usedUsd - before) * 100)
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
      const handle = yield* advance(opened, ["SENDING", "ACCEPTED"])
      const settled = yield* ledger.recordCharge(handle, [{ kind: "unit", amount: 2, pack: "video" }])
      expect(settled).toMatchObject({ spentUsd: 0.28, charges: [{ kind: "unit", amount: 2 }] })
      yield* ledger.transition(handle, ["ACCEPTED"], "FAILED", { charges: [{ kind: "unit", amount: 0 }] })
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0)
      const other = yield* advance(opened, ["SENDING", "ACCEPTED"])
      expect((yield* ledger.recordCharge(other, [{ kind: "cash", amount: 3, currency: "CNY" }])).spentUsd).toBe(0.42)
      expect((yield* ledger.recordCharge(other, [{ kind: "cash", amount: 0.3, currency: "USD" }])).spentUsd).toBe(0.3)
    })
  )

  it.effect("counts all accounts of one principal, and all principals of one account", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const limits = { maxUsdPerDay: 0.5 }
      const create = (principal: string, account: string) => ledger.createJob(sampleJob({ principal, account, limits }))
      yield* create("anna", "account-1")
      expect(yield* codeOf(create("anna", "account-2"))).toBe("LEDGER_OVER_BUDGET")
      expect(yield* codeOf(create("ben", "account-1"))).toBe("LEDGER_OVER_BUDGET")
      expect((yield* create("ben", "account-2")).isNew).toBe(true)
    })
  )

  it.effect("reserves the upper bound of a quote, and counts the charge in its place", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = (limits: NewJob["limits"], quote = bounded) =>
        ledger.createJob(sampleJob({ quote, ...(limits === undefined ? {} : { limits }) }))
      const perCall = yield* Effect.flip(create({ maxUsdPerCall: 16.79 }))
      expect(perCall.message).toBe(
        "the quote of at most $16.80 exceeds the limit of $16.79 per call ($0.00 is used today)"
      )
      expect(perCall.suggestion).toMatch(
        /^use a local audio file, .* or raise limits\.maxUsdPerCall \/ KLINGKIT_MAX_USD_PER_CALL; /
      )
      const { job } = yield* create({ maxUsdPerCall: 16.8, maxUsdPerDay: 17 })
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(16.8)
      expect((yield* Effect.flip(create({ maxUsdPerDay: 17 }))).message).toBe(
        "$16.80 of today's limit is used: $16.80 reserved; the quote of at most $16.80 would exceed the limit of $17.00 per day (UTC)"
      )
      yield* ledger.recordCharge(job.handle, [{ kind: "unit", amount: 4.4 }])
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.616)
      // An estimate with an upper bound: the upper bound counts.
      yield* create({}, { ...bounded, units: 1, priceUsd: 0.14, upperBound: { units: 2, priceUsd: 0.28 } })
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.896)
    })
  )

  it.effect("accepts an unknown price until the daily limit is used up", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const limits = { maxUsdPerCall: 1, maxUsdPerDay: 0.42 }
      expect((yield* ledger.createJob(sampleJob({ quote: unpriced, limits }))).job.spentUsd).toBe(0)
      yield* ledger.createJob(sampleJob({ limits }))
      expect(yield* codeOf(ledger.createJob(sampleJob({ quote: unpriced, limits })))).toBe("LEDGER_OVER_BUDGET")
    })
  )

  it.effect("accepts an approval once, for its request, price and principal only, until it expires", () =>
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

  it.effect("rejects an approval that was revoked", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const approved = { fingerprint: "f1" }
      const [revoked, kept] = [yield* ledger.issueApproval(approved, 60), yield* ledger.issueApproval(approved, 60)]
      yield* ledger.revokeApproval(revoked)
      yield* ledger.revokeApproval("never issued")
      expect(yield* codeOf(ledger.consumeApproval(revoked, approved))).toBe("LEDGER_NOT_APPROVED")
      yield* ledger.consumeApproval(kept, approved)
    })
  )

  it.effect("accepts an approval exactly when all of it matches, for any other combination", () =>
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
      const attempt = fc.record({ issued: approved, used: approved, waitSeconds: fc.constantFrom(0, 59, 60, 600) })
      // Without a principal it is the local one.
      const fullOf = ({ principal = "local", ...rest }: Approved) => JSON.stringify([principal, rest])
      const results: Array<boolean> = []
      for (const { issued, used, waitSeconds } of fc.sample(attempt, { seed: 1, numRuns: 100 })) {
        const token = yield* ledger.issueApproval(issued, 60)
        yield* TestClock.adjust(waitSeconds * 1000)
        const passes = yield* Effect.isSuccess(ledger.consumeApproval(token, used))
        expect({ issued, used, waitSeconds, passes }).toEqual({
          issued,
          used,
          waitSeconds,
          passes: waitSeconds < 60 && fullOf(issued) === fullOf(used)
        })
        expect(yield* Effect.isSuccess(ledger.consumeApproval(token, issued))).toBe(!passes && waitSeconds < 60)
        results.push(passes)
      }
      expect(new Set(results).size).toBe(2)
    })
  )

  it.effect("accepts one of 20 concurrent uses of an approval", () =>
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

  it.effect("without an approval that a price needs finds what was paid, and persists nothing new", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const unapproved = (changes: Partial<NewJob> = {}) =>
        ledger.createJob(sampleJob({ prompt: "a fox", isUnapproved: true, ...changes }))
      expect(yield* codeOf(unapproved({ idempotencyKey: "k1" }))).toBe("LEDGER_NOT_APPROVED")
      const { job } = yield* ledger.createJob(sampleJob({ prompt: "a fox", idempotencyKey: "k1" }))
      const found = [yield* unapproved(), yield* unapproved({ idempotencyKey: "k1" })]
      expect(found).toMatchObject([job, job].map(({ handle }) => ({ job: { handle }, isNew: false })))
      expect(yield* codeOf(unapproved({ take: 2 }))).toBe("LEDGER_NOT_APPROVED")
      // One that was never sent frees its key for an approved attempt only.
      yield* ledger.transition(job.handle, ["INTENT"], "REFUSED", { lease: { owner: "this-process", fence: 1 } })
      expect(yield* codeOf(unapproved({ idempotencyKey: "k1" }))).toBe("LEDGER_NOT_APPROVED")
      const again = yield* ledger.createJob(sampleJob({ prompt: "a fox", idempotencyKey: "k1" }))
      expect(again).toMatchObject({ isNew: true, job: { previousHandle: job.handle } })
      expect((yield* ledger.list({})).jobs).toHaveLength(2)
    })
  )

  it.effect("consumes an approval with a new job, not with a duplicate, and not after a refusal", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const request = sampleJob({ prompt: "approved" })
      const probe = yield* ledger.createJob({ ...request, handle: `${request.handle}-probe`, principal: "another" })
      const approval = yield* ledger.issueApproval({ fingerprint: probe.job.fingerprint, quoteUsd: 0.42 }, 60)
      expect(yield* codeOf(ledger.createJob({ ...request, approval, limits: { maxUsdPerCall: 0.1 } }))).toBe(
        "LEDGER_OVER_BUDGET"
      )
      expect((yield* ledger.createJob({ ...request, approval })).isNew).toBe(true)
      expect((yield* ledger.createJob(sampleJob({ prompt: "approved", approval }))).isNew).toBe(false)
      const repeat = sampleJob({ prompt: "approved", approval, allowDuplicate: true })
      expect(yield* codeOf(ledger.createJob(repeat))).toBe("LEDGER_NOT_APPROVED")
    })
  )
}
