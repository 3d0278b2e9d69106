import type { Vitest } from "@effect/vitest"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** What `begin` promises: an intent is written down as it is, and the same request is the same job. */
export const beginSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("writes an intent down as it is", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const intent = sampleIntent({ prompt: "Ein Fuchs 🦊", idempotencyKey: "k1" })
      const { job, isNew } = yield* ledger.begin(intent)
      expect(isNew).toBe(true)
      expect(job).toMatchObject({
        handle: intent.handle,
        principal: "local",
        account: "account-1",
        operation: "new.t2v.kling-3.0",
        family: "t2v",
        model: "kling-3.0",
        generation: "new",
        idempotencyKey: "k1",
        prompt: "Ein Fuchs 🦊",
        quote: intent.quote,
        spentUsd: 0.42,
        state: "INTENT",
        sends: 0,
        createdAt: noon,
        lease: { owner: "this-process", fence: 1, until: noon + 30_000 }
      })
      expect(yield* ledger.get(intent.handle)).toEqual(job)
      expect(yield* ledger.input(intent.handle)).toEqual({ prompt: "Ein Fuchs 🦊", duration: 5 })
    })
  )

  it.effect("gives one job to one handle, however often it is begun", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const intent = sampleIntent({ allowRepeat: true })
      yield* ledger.begin(intent)
      expect((yield* ledger.begin(intent)).isNew).toBe(false)
      expect(yield* codeOf(ledger.begin({ ...intent, input: { prompt: "another" } }))).toBe(
        "LEDGER_IDEMPOTENCY_MISMATCH"
      )
    })
  )

  it.effect("gives one job to one idempotency key, and names it when the request differs", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const first = sampleIntent({ idempotencyKey: "k1" })
      yield* ledger.begin(first)
      yield* TestClock.adjust("20 days")
      const again = yield* ledger.begin({ ...sampleIntent({ idempotencyKey: "k1" }), input: first.input })
      expect(again).toMatchObject({ isNew: false, job: { handle: first.handle } })
      const error = yield* Effect.flip(ledger.begin(sampleIntent({ idempotencyKey: "k1" })))
      expect(error.reason).toEqual({ _tag: "IdempotencyMismatch", handle: first.handle })
      expect(error.wasCharged).toBe("no")
    })
  )

  it.effect("keeps the keys of principals and accounts apart", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const begun = yield* Effect.forEach(
        [{}, { principal: "anna" }, { principal: "ben" }, { account: "account-2" }],
        (one) => ledger.begin(sampleIntent({ idempotencyKey: "k1", ...one }))
      )
      expect(begun.map(({ isNew }) => isNew)).toEqual([true, true, true, true])
    })
  )

  it.effect("takes an identical request within two minutes for a replay", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const first = sampleIntent({ prompt: "once", input: { prompt: "once", duration: 5 } })
      const same = () => sampleIntent({ prompt: "once", input: { duration: 5, prompt: "once" } })
      yield* ledger.begin(first)
      yield* TestClock.adjust("119 seconds")
      expect(yield* ledger.begin(same())).toMatchObject({ isNew: false, job: { handle: first.handle } })
      expect((yield* ledger.begin({ ...same(), operation: "legacy.text2video" })).isNew).toBe(true)
      expect((yield* ledger.begin({ ...same(), principal: "anna" })).isNew).toBe(true)
      expect((yield* ledger.begin({ ...same(), allowRepeat: true })).isNew).toBe(true)
      expect((yield* ledger.begin({ ...same(), idempotencyKey: "another key" })).isNew).toBe(true)
    })
  )

  it.effect("lets it pass later, but not while the fate of the first is open", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const same = () => sampleIntent({ prompt: "once" })
      const { job } = yield* ledger.begin(same())
      yield* TestClock.adjust("121 seconds")
      expect((yield* ledger.begin(same())).isNew).toBe(false)
      yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease: { owner: "this-process", fence: 1 } })
      yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED", { taskId: "7" })
      expect((yield* ledger.begin(same())).isNew).toBe(true)
    })
  )

  it.effect("lets a refused request be made again at once", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const same = () => sampleIntent({ prompt: "once" })
      const { job } = yield* ledger.begin(same())
      yield* ledger.transition(job.handle, ["INTENT"], "REFUSED")
      expect((yield* ledger.begin(same())).isNew).toBe(true)
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("sees a replay through a clock that jumps by %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.begin(sampleIntent({ prompt: "once" }))
      yield* TestClock.setTime(noon + jump)
      expect((yield* ledger.begin(sampleIntent({ prompt: "once" }))).isNew).toBe(false)
    })
  )

  it.effect("refuses what cannot be kept as it is, and keeps everything else", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      expect(yield* codeOf(ledger.begin(sampleIntent({ principal: "a\0b" })))).toBe("LEDGER_UNSTORABLE")
      expect(yield* codeOf(ledger.begin(sampleIntent({ idempotencyKey: "\ud800" })))).toBe("LEDGER_UNSTORABLE")
      const hostile = `'; DROP TABLE klingkit_jobs; --\0\ud800"\`\\ $1 ? %s`
      const begun = yield* ledger.begin(sampleIntent({ prompt: hostile, model: hostile, idempotencyKey: "'; --" }))
      expect(begun.job.prompt).toBe(hostile.replace("\0", "\uFFFD").toWellFormed())
      expect(yield* ledger.input(begun.job.handle)).toEqual({ prompt: hostile, duration: 5 })
      const found = yield* ledger.list({ search: "drop TABLE", limit: 5 })
      expect(found.jobs.map(({ handle }) => handle)).toEqual([begun.job.handle])
    })
  )

  it.effect("of 20 at once with one key makes one", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { input } = sampleIntent()
      const begun = yield* Effect.forEach(
        Array.from({ length: 20 }, () => ({ ...sampleIntent({ idempotencyKey: "k1" }), input })),
        (intent) => ledger.begin(intent),
        { concurrency: "unbounded" }
      )
      expect(begun.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(begun.map(({ job }) => job.handle)).size).toBe(1)
      expect((yield* ledger.list()).jobs).toHaveLength(1)
    })
  )

  it.effect("leaves nothing behind when it refuses", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const refused = yield* Effect.result(ledger.begin(sampleIntent({ limits: { maxUsdPerCall: 0.4 } })))
      expect(Result.isFailure(refused)).toBe(true)
      expect((yield* ledger.list()).jobs).toEqual([])
    })
  )
}
