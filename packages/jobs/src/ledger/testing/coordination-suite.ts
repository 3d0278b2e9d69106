import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const lease = { owner: "this-process", fence: 1 }
const held = { owner: "this-process", seconds: 30 }

/** How processes coordinate through the ledger: which one polls a job, and which requests are queued. */
export const coordinationSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("grants a poll of a job to one of many concurrent claims", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const handles = [
        (yield* ledger.createJob(sampleJob())).job.handle,
        (yield* ledger.createJob(sampleJob())).job.handle
      ]
      const claim = ledger.claimPolls(handles, 1500)
      const claims = yield* Effect.all(
        Array.from({ length: 10 }, () => claim),
        { concurrency: "unbounded" }
      )
      expect(claims.flatMap((jobs) => jobs.map(({ handle }) => handle)).toSorted()).toEqual(handles.toSorted())
      yield* TestClock.adjust("1499 millis")
      expect(yield* claim).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect((yield* claim).map(({ polledAt }) => polledAt)).toEqual([noon + 1500, noon + 1500])
      expect(yield* ledger.claimPolls([], 0)).toEqual([])
    })
  )

  it.effect("gives every unresolved job its turn, however many there are", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const turns = new Set<string>()
      for (let created = 0; created < 25; created++) {
        const { job } = yield* ledger.createJob(sampleJob())
        yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })
        yield* ledger.transition(job.handle, ["SENDING"], "IN_DOUBT", { lease })
        yield* ledger.transition(job.handle, ["IN_DOUBT"], "UNKNOWN", { lease })
        yield* ledger.release(job.handle, lease)
      }
      for (let round = 0; round < 3; round++) {
        yield* TestClock.adjust("5 minutes")
        const due = yield* ledger.unfinished({ states: ["UNKNOWN"], limit: 10 })
        const polled = yield* ledger.claimPolls(
          due.map(({ handle }) => handle),
          300_000
        )
        for (const { handle } of polled) turns.add(handle)
      }
      expect(turns.size).toBe(25)
    })
  )

  it.effect("gives every orphaned job its turn, however many there are, and passes over unreadable rows", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      const owner = { owner: "next-process", seconds: 30 }
      for (let created = 0; created < 40; created++) {
        const { handle } = (yield* ledger.createJob(sampleJob())).job
        if (created < 15) yield* sql`UPDATE klingkit_jobs SET files = '{' WHERE handle = ${handle}`
      }
      yield* TestClock.adjust("30 seconds")
      const turns = new Set<string>()
      for (let round = 0; round < 3; round++) {
        for (const { handle, lease } of yield* ledger.claimUnfinished({ limit: 10 }, owner)) {
          turns.add(handle)
          if (lease !== undefined) yield* ledger.release(handle, lease)
        }
      }
      expect(turns.size).toBe(25)
      const isExcluded = (handle: string) => turns.has(handle)
      expect(yield* ledger.claimUnfinished({ isExcluded }, owner)).toEqual([])
    })
  )

  it.effect("knows when recovery next has work: at the end of a lease, or when a lookup is due", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const next = (account = "account-1", lookUpAfter = 0) =>
        ledger.nextRecoveryAt({ account, lookUpEveryMillis: 300_000, lookUpAfter })
      expect(yield* next()).toBeUndefined()
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      expect(yield* next()).toBe(noon + 30_000)
      expect(yield* next("account-2")).toBeUndefined()
      yield* TestClock.adjust("10 seconds")
      yield* ledger.renew([handle], { ...lease, seconds: 30 })
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      expect(yield* next()).toBe(noon + 40_000)
      yield* TestClock.adjust("30 seconds")
      expect(yield* next()).toBe(0)
      yield* ledger.renew([handle], { ...lease, seconds: 30 })
      // The clock was set back: no lease can end that late.
      yield* TestClock.setTime(noon - 3_600_000)
      expect(yield* next()).toBe(0)
      yield* TestClock.setTime(noon + 60_000)
      yield* ledger.renew([handle], { ...lease, seconds: 30 })
      yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease })
      expect(yield* next()).toBe(noon + 90_000)
      yield* ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN", { lease })
      expect(yield* next()).toBe(0)
      yield* ledger.claimPolls([handle], 0)
      expect(yield* next()).toBe(noon + 360_000)
      expect(yield* next("account-1", noon)).toBeUndefined()
      yield* ledger.transition(handle, ["UNKNOWN"], "ACCEPTED", { taskId: "1" })
      expect(yield* next()).toBeUndefined()
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("grants a poll after a clock jump of %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      yield* ledger.claimPolls([handle], 1500)
      yield* TestClock.setTime(noon + jump)
      expect(yield* ledger.claimPolls([handle], 1500)).toHaveLength(1)
    })
  )

  it.effect("shows which requests hold concurrency slots and which wait for one, by queue key", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const create = (queueKey: string, principal = "local") =>
        Effect.map(
          ledger.createJob(sampleJob({ queueKey, principal, slots: 2, expectedSeconds: 60.4, lease: held })),
          ({ job }) => job.handle
        )
      const running = yield* create("video kling-3.0")
      yield* ledger.transition(running, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(running, ["SENDING"], "ACCEPTED", { taskId: "1" })
      yield* TestClock.adjust("1 second")
      const first = yield* create("video kling-3.0", "anna")
      yield* TestClock.adjust("1 second")
      const second = yield* create("video kling-3.0")
      // Not yet queued, and under another key.
      yield* create("video kling-3.0")
      yield* ledger.markQueued(yield* create("video kling-2.6"), lease)
      yield* ledger.markQueued(second, lease)
      yield* ledger.markQueued(first, lease)
      const queue = yield* ledger.queue("account-1", "video kling-3.0")
      const entry = { principal: "local", slots: 2, expectedSeconds: 60 }
      expect(queue).toEqual({
        running: [{ ...entry, handle: running, createdAt: noon, sentAt: noon }],
        waiting: [
          { ...entry, handle: first, principal: "anna", createdAt: noon + 1000 },
          { ...entry, handle: second, createdAt: noon + 2000 }
        ]
      })
      expect((yield* ledger.queue("account-2", "video kling-3.0")).running).toEqual([])
      // A request whose process has died does not block others.
      yield* TestClock.adjust("20 seconds")
      yield* ledger.renew([second], { ...lease, seconds: 30 })
      yield* TestClock.adjust("11 seconds")
      expect((yield* ledger.queue("account-1", "video kling-3.0")).waiting.map(({ handle }) => handle)).toEqual([
        second
      ])
      yield* ledger.transition(running, ["ACCEPTED"], "SUCCEEDED")
      expect((yield* ledger.queue("account-1", "video kling-3.0")).running).toEqual([])
    })
  )

  it.effect("lets only the holder of a job queue it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      expect(yield* codeOf(ledger.markQueued(handle, { ...lease, fence: 2 }))).toBe("LEDGER_LEASE_LOST")
      expect((yield* ledger.get(handle)).queuedAt).toBeUndefined()
    })
  )

  it.effect("records when a job was last acknowledged, and does not close one that was acknowledged meanwhile", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      const close = (handle: string) => ledger.transition(handle, ["INTENT"], "REFUSED", { lease, acknowledgedAt: 0 })
      yield* ledger.markAcknowledged(handle)
      yield* TestClock.adjust("1 minute")
      yield* ledger.markAcknowledged(handle)
      expect((yield* ledger.get(handle)).acknowledgedAt).toBe(noon + 60_000)
      expect(yield* codeOf(close(handle))).toBe("LEDGER_STATE_CONFLICT")
      expect((yield* close((yield* ledger.createJob(sampleJob())).job.handle)).state).toBe("REFUSED")
    })
  )

  it.effect("finds the job of a callback, for any principal, in this account only", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob({ principal: "anna" }))).job
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { taskId: "77" })
      expect(yield* ledger.markCallbackReceived("account-1", handle)).toMatchObject({
        handle,
        callbackReceivedAt: noon
      })
      expect(yield* ledger.markCallbackReceived("account-1", "77")).toMatchObject({ handle })
      for (const id of ["78", "", "a\0", "' OR 1=1 --"]) {
        expect(yield* codeOf(ledger.markCallbackReceived("account-1", id))).toBe("LEDGER_NOT_FOUND")
      }
      expect(yield* codeOf(ledger.markCallbackReceived("account-2", handle))).toBe("LEDGER_NOT_FOUND")
    })
  )
}
