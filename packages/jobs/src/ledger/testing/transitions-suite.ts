import type { Vitest } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import {
  isFinishedState,
  isLastState,
  type JobState,
  jobStates,
  mayBeSent,
  maxSends,
  sendsDelta
} from "../job-state.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** One attempted transition. */
const Attempt = Schema.Struct({
  to: Schema.Literals(jobStates),
  from: Schema.Array(Schema.Literals(jobStates)),
  lease: Schema.Literals(["held", "stale", "none"]),
  /** Another process claims the job before. */
  isReclaimed: Schema.Boolean
})

const lease = { owner: "this-process", fence: 1 }

/** Transitions of jobs and their leases, checked against the transition table. */
export const transitionsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect.prop(
    "allows exactly the transitions of the table, on any path",
    [Schema.Array(Attempt)],
    ([attempts]) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { ledger, sql } = yield* openFresh
          const { handle } = (yield* ledger.createJob(sampleJob())).job
          let model = { state: "INTENT" as JobState, sends: 0, fence: 1, isHeld: true }
          for (const attempt of attempts) {
            if (attempt.isReclaimed) {
              yield* TestClock.adjust("31 seconds")
              const { lease } = yield* ledger.claim(handle, { owner: "this-process", seconds: 30 })
              model = { ...model, fence: model.fence + 1, isHeld: true }
              expect(lease?.fence).toBe(model.fence)
            }
            // Half of the attempts include the current state; the others would never get far.
            const from = attempt.from.length % 2 === 0 ? [model.state, ...attempt.from] : attempt.from
            const fence = attempt.lease === "held" ? model.fence : model.fence - 1
            const changes = attempt.lease === "none" ? {} : { lease: { owner: "this-process", fence } }
            const isAllowed =
              from.includes(model.state) &&
              model.sends <= (maxSends(model.state, attempt.to) ?? -1) &&
              (attempt.lease === "none" ? attempt.to !== "SENDING" : attempt.lease === "held" && model.isHeld)
            const done = yield* Effect.isSuccess(ledger.transition(handle, from, attempt.to, changes))
            expect(done).toBe(isAllowed)
            if (done) {
              const isHeld = model.isHeld && !isLastState(attempt.to)
              model = { ...model, isHeld, state: attempt.to, sends: model.sends + sendsDelta(attempt.to) }
            }
            const job = yield* ledger.get(handle)
            expect(job).toMatchObject({ state: model.state, sends: model.sends })
            expect(job.finishedAt !== undefined).toBe(isFinishedState(model.state))
            expect(job.spentUsd).toBe(model.state === "REFUSED" ? 0 : 0.42)
            expect(job.sentAt !== undefined).toBe(model.sends > 0)
            expect(yield* sql`SELECT handle FROM klingkit_bodies`).toHaveLength(mayBeSent(model.state) ? 1 : 0)
          }
        })
      ),
    { arbitrary: { runs: 40, size: 30 } }
  )

  it.effect("persists what Kling returned, and when", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      yield* TestClock.adjust("1 second")
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* TestClock.adjust("1 second")
      yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { lease, taskId: "881122" })
      yield* TestClock.adjust("1 minute")
      const outputs = [{ type: "video", url: "https://example.com/1.mp4", durationSeconds: 5 }] as const
      const job = yield* ledger.transition(handle, ["ACCEPTED", "RUNNING"], "SUCCEEDED", { outputs, message: "fine\0" })
      expect(job).toMatchObject({ taskId: "881122", outputs, message: "fine\uFFFD", sends: 1 })
      expect([job.sentAt, job.finishedAt]).toEqual([noon + 1000, noon + 62_000])
    })
  )

  it.effect("lets one of 20 concurrent senders send", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      const sent = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => Effect.isSuccess(ledger.transition(handle, ["INTENT", "IN_DOUBT"], "SENDING", { lease })),
        { concurrency: "unbounded" }
      )
      expect(sent.filter(Boolean)).toHaveLength(1)
      expect((yield* ledger.get(handle)).sends).toBe(1)
    })
  )

  it.effect("reports the state it found to a caller that comes too late", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING"))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      const error = yield* Effect.flip(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))
      expect(error.reason).toEqual({ _tag: "StateConflict", handle, wanted: "SENDING", found: "SENDING" })
      expect(error.wasCharged).toBe("maybe")
      expect(yield* codeOf(ledger.transition("kk-no", ["INTENT"], "REFUSED"))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("grants a job to one process, and to the next when the lease has expired", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      const other = { owner: "other-process", seconds: 30 }
      expect(yield* codeOf(ledger.claim(handle, other))).toBe("LEDGER_LEASE_HELD")
      yield* TestClock.adjust("20 seconds")
      yield* ledger.renew([handle], { ...lease, seconds: 30 })
      yield* TestClock.adjust("29 seconds")
      expect(yield* codeOf(ledger.claim(handle, other))).toBe("LEDGER_LEASE_HELD")
      expect(yield* ledger.unfinished()).toEqual([])
      yield* TestClock.adjust("1 second")
      expect((yield* ledger.unfinished()).map((job) => job.handle)).toEqual([handle])
      const taken = yield* ledger.claim(handle, other)
      expect(taken.lease).toMatchObject({ owner: "other-process", fence: 2 })
      // The first process wakes up: it may no longer send, nor release the new lease.
      yield* ledger.renew([handle], { ...lease, seconds: 60 })
      expect((yield* ledger.get(handle)).lease).toEqual(taken.lease)
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.release(handle, lease)
      expect((yield* ledger.get(handle)).lease?.owner).toBe("other-process")
      yield* ledger.release(handle, { owner: "other-process", fence: 2 })
      expect((yield* ledger.claim(handle, other)).lease?.fence).toBe(3)
    })
  )

  it.effect("distributes unfinished jobs, each to one process", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (let n = 0; n < 12; n++) {
        const account = n < 10 ? "account-1" : "account-2"
        yield* ledger.createJob(sampleJob({ account, lease: { owner: "crashed", seconds: 1 } }))
      }
      yield* TestClock.adjust("1 second")
      const shares = yield* Effect.forEach(
        ["a", "b", "c"],
        (owner) => ledger.claimUnfinished({ account: "account-1", limit: 6 }, { owner, seconds: 30 }),
        { concurrency: "unbounded" }
      )
      const handles = shares.flat().map((job) => job.handle)
      expect(new Set(handles).size).toBe(handles.length)
      expect(handles.length).toBeGreaterThanOrEqual(6)
      expect(yield* ledger.unfinished({ states: ["SENDING"] })).toEqual([])
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("survives a clock jump of %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* TestClock.setTime(noon + jump)
      // No process is locked out for an hour, and only the one with the newest fence may proceed.
      const { lease: newer } = yield* ledger.claim(handle, { owner: "other-process", seconds: 30 })
      expect(newer?.fence).toBe(2)
      expect(yield* codeOf(ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease }))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease: { owner: "other-process", fence: 2 } })
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))).toBe("LEDGER_LEASE_LOST")
      expect((yield* ledger.get(handle)).sends).toBe(1)
    })
  )
}
