import type { Vitest } from "@effect/vitest"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { Ledger } from "../ledger.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** The contract of `createJob`: a request is persisted as it is, and a duplicate returns the same job. */
export const createSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("persists a request as it is", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const request = sampleJob({ prompt: "Ein Fuchs 🦊", idempotencyKey: "k1" })
      const { job, isNew } = yield* ledger.createJob(request)
      expect(isNew).toBe(true)
      expect(job).toMatchObject({
        handle: request.handle,
        principal: "local",
        account: "account-1",
        operation: "new.t2v.kling-3.0",
        family: "t2v",
        model: "kling-3.0",
        generation: "new",
        idempotencyKey: "k1",
        prompt: "Ein Fuchs 🦊",
        quote: request.quote,
        spentUsd: 0.42,
        state: "INTENT",
        sends: 0,
        createdAt: noon,
        lease: { owner: "this-process", fence: 1, until: noon + 30_000 }
      })
      expect(yield* ledger.get(request.handle)).toEqual(job)
      expect(yield* ledger.input(request.handle)).toEqual({ prompt: "Ein Fuchs 🦊", duration: 5 })
    })
  )

  it.effect("keeps what was asked for when the request itself is no longer needed", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      const request = {
        request: "generate_video",
        input: { prompt: "a \u0000 fox", image: { $media: { source: "/cat.png", sha256: "ab", bytes: 3 } } },
        defaults: { durationSeconds: 5 }
      }
      const { job } = yield* ledger.createJob(sampleJob({ request }))
      const lease = job.lease ?? { owner: "", fence: 0 }
      yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED", { lease, taskId: "7" })
      expect((yield* Effect.flip(ledger.input(job.handle))).code).toBe("LEDGER_NOT_FOUND")
      expect((yield* ledger.get(job.handle)).request).toEqual(request)
      yield* sql`UPDATE klingkit_jobs SET request = 'of another version' WHERE handle = ${job.handle}`
      expect(yield* ledger.get(job.handle)).toEqual(expect.not.objectContaining({ request: expect.anything() }))
    })
  )

  it.effect("creates one job per handle, however often it is called", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const request = sampleJob({ allowDuplicate: true })
      yield* ledger.createJob(request)
      expect((yield* ledger.createJob(request)).isNew).toBe(false)
      expect(yield* codeOf(ledger.createJob({ ...request, input: { prompt: "another" } }))).toBe(
        "LEDGER_IDEMPOTENCY_MISMATCH"
      )
    })
  )

  it.effect("creates one job per idempotency key, and names it when the request differs", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const first = sampleJob({ idempotencyKey: "k1" })
      yield* ledger.createJob(first)
      yield* TestClock.adjust("20 days")
      const again = yield* ledger.createJob({ ...sampleJob({ idempotencyKey: "k1" }), input: first.input })
      expect(again).toMatchObject({ isNew: false, job: { handle: first.handle } })
      const error = yield* Effect.flip(ledger.createJob(sampleJob({ idempotencyKey: "k1" })))
      expect(error.reason).toEqual({ _tag: "IdempotencyMismatch", handle: first.handle })
      expect(error.wasCharged).toBe("no")
    })
  )

  it.effect("separates the keys of principals and accounts", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.registerAccount({ credential: "account-1", name: "one" })
      yield* ledger.registerAccount({ credential: "account-2", name: "two" })
      const created = yield* Effect.forEach(
        [{}, { principal: "anna" }, { principal: "ben" }, { account: "account-2" }],
        (changes) => ledger.createJob(sampleJob({ idempotencyKey: "k1", ...changes }))
      )
      expect(created.map(({ isNew }) => isNew)).toEqual([true, true, true, true])
    })
  )

  const accept = Effect.fnUntraced(function* (ledger: Ledger["Service"], handle: string) {
    yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease: { owner: "this-process", fence: 1 } })
    yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { taskId: `task of ${handle}` })
  })

  it.effect("treats an identical request as the same job until it ends, and for ten minutes after", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const first = sampleJob({ prompt: "once", input: { prompt: "once", duration: 5 } })
      const same = () => sampleJob({ prompt: "once", input: { duration: 5, prompt: "once" } })
      yield* ledger.createJob(first)
      yield* accept(ledger, first.handle)
      yield* TestClock.adjust("3 days")
      expect(yield* ledger.createJob(same())).toMatchObject({ isNew: false, job: { handle: first.handle } })
      yield* ledger.transition(first.handle, ["ACCEPTED"], "SUCCEEDED", {})
      yield* TestClock.adjust("9 minutes")
      expect(yield* ledger.createJob(same())).toMatchObject({ isNew: false, job: { handle: first.handle } })
      expect((yield* ledger.createJob({ ...same(), operation: "legacy.text2video" })).isNew).toBe(true)
      expect((yield* ledger.createJob({ ...same(), principal: "anna" })).isNew).toBe(true)
      expect((yield* ledger.createJob({ ...same(), idempotencyKey: "another" })).isNew).toBe(true)
    })
  )

  it.effect("creates an identical request again ten minutes after the first has ended", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const same = (dedupeWindowSeconds = 600) => sampleJob({ prompt: "once", dedupeWindowSeconds })
      const { job } = yield* ledger.createJob(same())
      yield* accept(ledger, job.handle)
      yield* ledger.transition(job.handle, ["ACCEPTED"], "FAILED", { message: "content" })
      yield* TestClock.adjust("11 minutes")
      expect((yield* ledger.createJob(same(1200))).isNew).toBe(false)
      expect((yield* ledger.createJob(same())).isNew).toBe(true)
    })
  )

  it.effect("compares what a request gives, not how its input was spelled", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const identity = { prompt: "once", duration: 5 }
      const first = sampleJob({ input: { prompt: "once" }, identity })
      yield* ledger.createJob(first)
      const spelled = sampleJob({ input: { prompt: "once ", duration: 5 }, identity })
      expect(yield* ledger.createJob(spelled)).toMatchObject({ isNew: false, job: { handle: first.handle } })
    })
  )

  it.effect("keeps takes apart: each number is a job of its own, and a replay of it is that job", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const take = (number: number) => ledger.createJob(sampleJob({ prompt: "once", take: number }))
      const created = yield* Effect.forEach([1, 2, 3], take)
      expect(created.map(({ isNew, job }) => [isNew, job.take])).toEqual([
        [true, 1],
        [true, 2],
        [true, 3]
      ])
      const again = yield* Effect.forEach([3, 2, 1], take)
      expect(again.map(({ isNew, job }) => [isNew, job.handle])).toEqual(
        created.toReversed().map(({ job }) => [false, job.handle])
      )
      // Whichever of them is replayed, the fourth would be another one.
      expect(again.map(({ nextTake }) => nextTake)).toEqual([4, 4, 4])
      expect(yield* take(4)).toMatchObject({ isNew: true })
    })
  )

  it.effect("a caller who wants another one gets the next take, and the same one until that has ended", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const another = () => ledger.createJob(sampleJob({ prompt: "once", allowDuplicate: true }))
      yield* ledger.createJob(sampleJob({ prompt: "once" }))
      const second = yield* another()
      expect(second).toMatchObject({ isNew: true, job: { take: 2 } })
      expect(yield* another()).toMatchObject({ isNew: false, job: { handle: second.job.handle } })
      yield* accept(ledger, second.job.handle)
      yield* ledger.transition(second.job.handle, ["ACCEPTED"], "SUCCEEDED", {})
      expect(yield* another()).toMatchObject({ isNew: true, job: { take: 3 } })
    })
  )

  it.effect("a refused request frees its key, and the next attempt names it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const keyed = (prompt: string) => sampleJob({ prompt, idempotencyKey: "k1" })
      const { job } = yield* ledger.createJob(keyed("first"))
      yield* ledger.transition(job.handle, ["INTENT"], "REFUSED")
      const next = yield* ledger.createJob(keyed("mended"))
      expect(next).toMatchObject({ isNew: true, job: { idempotencyKey: "k1", previousHandle: job.handle } })
      expect(yield* ledger.createJob(keyed("mended"))).toMatchObject({ isNew: false })
      expect((yield* ledger.get(job.handle)).idempotencyKey).toBeUndefined()
    })
  )

  it.effect("creates a refused request again at once", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const same = () => sampleJob({ prompt: "once" })
      const { job } = yield* ledger.createJob(same())
      yield* ledger.transition(job.handle, ["INTENT"], "REFUSED")
      expect((yield* ledger.createJob(same())).isNew).toBe(true)
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("detects a duplicate after a clock jump of %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.createJob(sampleJob({ prompt: "once" }))
      yield* TestClock.setTime(noon + jump)
      expect((yield* ledger.createJob(sampleJob({ prompt: "once" }))).isNew).toBe(false)
    })
  )

  it.effect("refuses what cannot be stored unchanged, and stores everything else", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      expect(yield* codeOf(ledger.createJob(sampleJob({ principal: "a\0b" })))).toBe("LEDGER_UNSTORABLE")
      expect(yield* codeOf(ledger.createJob(sampleJob({ idempotencyKey: "\ud800" })))).toBe("LEDGER_UNSTORABLE")
      const hostile = `'; DROP TABLE klingkit_jobs; --\0\ud800"\`\\ $1 ? %s`
      const created = yield* ledger.createJob(sampleJob({ prompt: hostile, model: hostile, idempotencyKey: "'; --" }))
      expect(created.job.prompt).toBe(hostile.replace("\0", "\uFFFD").toWellFormed())
      expect(yield* ledger.input(created.job.handle)).toEqual({ prompt: hostile, duration: 5 })
      const found = yield* ledger.list({ search: "drop TABLE", limit: 5 })
      expect(found.jobs.map(({ handle }) => handle)).toEqual([created.job.handle])
    })
  )

  it.effect("creates one job for 20 concurrent requests with one key", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { input } = sampleJob()
      const created = yield* Effect.forEach(
        Array.from({ length: 20 }, () => ({ ...sampleJob({ idempotencyKey: "k1" }), input })),
        (request) => ledger.createJob(request),
        { concurrency: "unbounded" }
      )
      expect(created.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(created.map(({ job }) => job.handle)).size).toBe(1)
      expect((yield* ledger.list()).jobs).toHaveLength(1)
    })
  )

  it.effect("leaves nothing behind after a refusal", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const refused = yield* Effect.result(ledger.createJob(sampleJob({ limits: { maxUsdPerCall: 0.4 } })))
      expect(Result.isFailure(refused)).toBe(true)
      expect((yield* ledger.list()).jobs).toEqual([])
    })
  )
}
