import type { Vitest } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { NewPipeline } from "../create-pipeline.ts"
import type { Opened } from "./test-database.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const scope = { principal: "local", account: "account-1" }
const cents42: Quote = { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 units" }
const unpriced: Quote = { state: "estimate", pack: "video", rule: "by length" }

let minted = 0

/** Two videos of 42 cents, one after the other. */
export const samplePipeline = (changes: Partial<NewPipeline> = {}): NewPipeline => {
  minted += 1
  const step = { operation: "new.t2v.kling-3.0", quote: cents42, takesFrom: [] }
  return {
    handle: `kk-chain-${String(minted).padStart(26, "0")}`,
    ...scope,
    name: "two videos",
    fingerprint: `videos ${minted}`,
    quote: { ...cents42, units: 6, priceUsd: 0.84 },
    steps: [
      { id: "one", ...step, needs: [] },
      { id: "two", ...step, needs: ["one"] }
    ],
    plan: { steps: [{ id: "one" }, { id: "two" }] },
    ...changes
  }
}

/** Runs a step of a pipeline until its task has succeeded. */
const runStep = Effect.fnUntraced(function* ({ ledger }: Opened, pipeline: string, step: string) {
  const { job } = yield* ledger.createJob(
    sampleJob({ partOf: { pipeline, step }, idempotencyKey: `${pipeline}/${step}` })
  )
  const lease = { owner: "this-process", fence: 1 }
  yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(job.handle, ["SENDING"], "ACCEPTED", { lease })
  yield* ledger.transition(job.handle, ["ACCEPTED"], "SUCCEEDED")
})

/** Pipelines: created as a whole, ended, resumed; their reservations. */
export const pipelinesSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("without an approval is found, and not created", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const unapproved = ledger.pipelines.create(samplePipeline({ fingerprint: "a film", isUnapproved: true }))
      expect(yield* codeOf(unapproved)).toBe("LEDGER_NOT_APPROVED")
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline({ fingerprint: "a film" }))
      expect(yield* unapproved).toMatchObject({ isNew: false, pipeline: { handle: pipeline.handle } })
      expect(yield* ledger.pipelines.list(scope)).toHaveLength(1)
    })
  )

  it.effect("is one per take; the next one is the same until it has succeeded", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = (changes: Partial<NewPipeline> = {}) =>
        Effect.map(
          ledger.pipelines.create(samplePipeline({ fingerprint: "a film", ...changes })),
          ({ pipeline }) => pipeline
        )
      const first = yield* create()
      const next = yield* create({ allowDuplicate: true })
      expect(next.handle).not.toBe(first.handle)
      expect((yield* create({ allowDuplicate: true })).handle).toBe(next.handle)
      expect((yield* create({ take: 2 })).handle).toBe(next.handle)
      yield* ledger.pipelines.end(next, "STOPPED", "refused")
      expect((yield* create({ allowDuplicate: true })).handle).toBe(next.handle)
      yield* ledger.pipelines.end(yield* ledger.pipelines.resume(next), "SUCCEEDED")
      const third = yield* create({ allowDuplicate: true })
      expect([first.handle, next.handle]).not.toContain(third.handle)
      expect((yield* create({ take: 3 })).handle).toBe(third.handle)
      expect((yield* create()).handle).toBe(first.handle)
      expect(yield* ledger.pipelines.list(scope)).toHaveLength(3)
      const again = samplePipeline({ fingerprint: "a film" })
      expect(yield* ledger.pipelines.create(again)).toMatchObject({ isNew: false, nextTake: 4 })
      expect(yield* ledger.pipelines.find({ ...again, take: 2 })).toMatchObject({ nextTake: 4 })
    })
  )

  it.effect("is one by the links of its results too, as it was known before, with all its takes", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (const take of [1, 2]) yield* ledger.pipelines.create(samplePipeline({ fingerprint: "by link", take }))
      const known = { fingerprint: "by handle", linkedFingerprint: "by link" }
      const again = yield* ledger.pipelines.create(samplePipeline(known))
      expect(again).toMatchObject({ isNew: false, nextTake: 3 })
      const second = yield* ledger.pipelines.create(samplePipeline({ ...known, allowDuplicate: true }))
      expect(second).toMatchObject({ isNew: false, nextTake: 3 })
      expect(second.pipeline.handle).not.toBe(again.pipeline.handle)
    })
  )

  it.effect("reserves the price of a pipeline, and commits it step by step", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline({ limits: { maxUsdPerDay: 1 } }))
      expect([pipeline.reservedUsd, (yield* ledger.daySpend(scope)).usedUsd]).toEqual([0.84, 0.84])
      expect(yield* codeOf(ledger.createJob(sampleJob({ limits: { maxUsdPerDay: 1 } })))).toBe("LEDGER_OVER_BUDGET")
      yield* runStep(opened, pipeline.handle, "one")
      expect((yield* ledger.pipelines.get(pipeline.handle, "local")).reservedUsd).toBe(0.42)
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.84)
      yield* ledger.pipelines.end(pipeline, "STOPPED", "refused")
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.42)
    })
  )

  it.effect("refuses a pipeline that exceeds a limit as a whole, even when part of its price is unknown", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = (changes: Partial<NewPipeline>) => codeOf(ledger.pipelines.create(samplePipeline(changes)))
      expect(yield* create({ limits: { maxUsdPerCall: 0.8 } })).toBe("LEDGER_OVER_BUDGET")
      expect(yield* create({ quote: unpriced, limits: { maxUsdPerDay: 0.8 } })).toBe("LEDGER_OVER_BUDGET")
      yield* ledger.pipelines.create(samplePipeline({ quote: unpriced, limits: { maxUsdPerDay: 0.84 } }))
    })
  )

  it.effect(
    "finds a pipeline by its key forever; without a key until it has succeeded, and for ten minutes after",
    () =>
      Effect.gen(function* () {
        const { ledger } = yield* openFresh
        const keyed = samplePipeline({ idempotencyKey: "k" })
        const { pipeline } = yield* ledger.pipelines.create(keyed)
        const again = yield* ledger.pipelines.create({ ...keyed, handle: samplePipeline().handle })
        expect([again.isNew, again.pipeline.handle]).toEqual([false, pipeline.handle])
        expect(yield* codeOf(ledger.pipelines.create(samplePipeline({ idempotencyKey: "k" })))).toBe(
          "LEDGER_IDEMPOTENCY_MISMATCH"
        )

        const plain = samplePipeline()
        const first = yield* ledger.pipelines.create(plain)
        const repeated = Effect.map(ledger.pipelines.find(plain), (found) => found?.pipeline.handle)
        yield* TestClock.setTime(noon + 3_600_000)
        expect(yield* repeated).toBe(first.pipeline.handle)
        yield* ledger.pipelines.end(first.pipeline, "SUCCEEDED")
        expect(yield* repeated).toBe(first.pipeline.handle)
        yield* TestClock.adjust("11 minutes")
        expect(yield* repeated).toBe(undefined)
        expect(yield* ledger.pipelines.find({ ...plain, principal: "another" })).toBe(undefined)
      })
  )

  it.effect("resumes a stopped pipeline only; paid steps need no reservation", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { pipelines } = opened.ledger
      const { pipeline } = yield* pipelines.create(samplePipeline())
      expect((yield* pipelines.resume(pipeline)).resumes).toBe(0)
      yield* runStep(opened, pipeline.handle, "one")
      yield* pipelines.end(pipeline, "STOPPED", "refused")
      expect(yield* pipelines.get(pipeline.handle, "local")).toMatchObject({ state: "STOPPED", message: "refused" })
      expect(yield* codeOf(pipelines.resume(pipeline, { limits: { maxUsdPerDay: 0.8 } }))).toBe("LEDGER_OVER_BUDGET")
      // What another one has spent on a shared account is theirs.
      yield* opened.ledger.createJob(sampleJob({ principal: "key:bert" }))
      const limits = { maxUsdPerDay: 0.84 }
      expect(yield* codeOf(pipelines.resume(pipeline, { limits }))).toBe("LEDGER_OVER_BUDGET")
      const resumed = yield* pipelines.resume(pipeline, { limits: { ...limits, isShared: true } })
      expect(resumed).toMatchObject({ state: "RUNNING", resumes: 1, reservedUsd: 0.42 })
      // A process that has not seen the resume ends nothing.
      yield* pipelines.end(pipeline, "STOPPED", "refused")
      expect((yield* pipelines.get(pipeline.handle, "local")).state).toBe("RUNNING")
      yield* pipelines.end(resumed, "SUCCEEDED")
      expect(yield* codeOf(opened.ledger.input(pipeline.handle))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("keeps the reservation of a refused step, and of a step that may be paid again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline())
      const create = Effect.fnUntraced(function* (step: string, idempotencyKey: string) {
        const partOf = { pipeline: pipeline.handle, step }
        return (yield* ledger.createJob(sampleJob({ partOf, idempotencyKey }))).job.handle
      })
      const lease = { owner: "this-process", fence: 1 }
      yield* ledger.transition(yield* create("one", "first"), ["INTENT"], "REFUSED", { lease })
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.84)
      const again = yield* create("one", "again")
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.84)
      yield* ledger.transition(again, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(again, ["SENDING"], "IN_DOUBT", { lease })
      yield* ledger.transition(again, ["IN_DOUBT"], "UNKNOWN", { lease })
      yield* ledger.pipelines.end(pipeline, "STOPPED", "refused")
      expect((yield* ledger.pipelines.resume(pipeline)).reservedUsd).toBe(0.42)
      yield* ledger.pipelines.end(yield* ledger.pipelines.get(pipeline.handle, "local"), "STOPPED", "refused")
      expect((yield* ledger.pipelines.resume(pipeline, { repeatUnknown: true })).reservedUsd).toBe(0.84)
    })
  )

  it.effect("does not run a pipeline whose row or request does not fit", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      const step = { id: "one", operation: "new.t2v.kling-3.0", quote: { state: "exact" }, needs: [], takesFrom: [] }
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline())
      const breakColumn = (column: string, value: string) =>
        sql`UPDATE klingkit_pipelines SET ${sql(column)} = ${value} WHERE handle = ${pipeline.handle}`
      yield* breakColumn("steps", JSON.stringify([step]))
      expect(yield* codeOf(ledger.pipelines.get(pipeline.handle, "local"))).toBe("LEDGER_QUARANTINED")
      yield* breakColumn("steps", JSON.stringify([{ ...step, quote: cents42 }]))
      expect((yield* ledger.pipelines.get(pipeline.handle, "local")).steps).toHaveLength(1)
      yield* breakColumn("quote", `{"state":"exact"}`)
      expect(yield* codeOf(ledger.pipelines.get(pipeline.handle, "local"))).toBe("LEDGER_QUARANTINED")
      for (const body of ["{", "7", "[]"]) {
        yield* sql`UPDATE klingkit_bodies SET body = ${body} WHERE handle = ${pipeline.handle}`
        expect(yield* codeOf(ledger.input(pipeline.handle))).toBe("LEDGER_QUARANTINED")
      }
    })
  )

  it.effect("shows pipelines to their principal only", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline())
      expect(yield* codeOf(ledger.pipelines.get(pipeline.handle, "another"))).toBe("LEDGER_NOT_FOUND")
      expect(yield* ledger.pipelines.list({ principal: "another" })).toEqual([])
      expect(yield* ledger.pipelines.list({ principal: "local", states: ["RUNNING"] })).toHaveLength(1)
    })
  )

  it.effect("does not purge the steps of a pipeline that may be resumed", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline())
      yield* runStep(opened, pipeline.handle, "one")
      yield* ledger.pipelines.end(pipeline, "STOPPED", "refused")
      const purgeAll = Effect.fnUntraced(function* (daysLater: number) {
        const now = noon + daysLater * 86_400_000
        yield* TestClock.setTime(now)
        return yield* ledger.purgeBefore(now)
      })
      expect(yield* purgeAll(20)).toBe(0)
      expect(yield* ledger.pipelines.jobs(pipeline.handle)).toHaveLength(1)
      expect(yield* purgeAll(40)).toBe(1)
      expect(yield* codeOf(ledger.pipelines.get(pipeline.handle, "local"))).toBe("LEDGER_NOT_FOUND")
      expect(yield* codeOf(ledger.input(pipeline.handle))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("never purges a pipeline with an idempotency key: it would be paid again", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const keyed = samplePipeline({ idempotencyKey: "the video" })
      const { pipeline } = yield* ledger.pipelines.create(keyed)
      yield* ledger.pipelines.end(pipeline, "SUCCEEDED")
      yield* TestClock.setTime(noon + 500 * 86_400_000)
      yield* ledger.purgeBefore(noon + 100 * 86_400_000)
      const again = yield* ledger.pipelines.create({ ...keyed, handle: samplePipeline().handle })
      expect([again.isNew, again.pipeline.handle]).toEqual([false, pipeline.handle])
    })
  )
}
