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
  mostSends,
  sendsStep
} from "../job-state.ts"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** One thing that somebody tries to do to a job. */
const Attempt = Schema.Struct({
  to: Schema.Literals(jobStates),
  from: Schema.Array(Schema.Literals(jobStates)),
  lease: Schema.Literals(["held", "outgrown", "none"]),
  /** Another process takes the job over before. */
  isTakenOver: Schema.Boolean
})

const lease = { owner: "this-process", fence: 1 }

/** The steps of a job and the leases on it, against the one table of steps. */
export const stepsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect.prop(
    "takes the steps of the table and no others, on any walk",
    [Schema.Array(Attempt)],
    ([attempts]) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { ledger, sql } = yield* openFresh
          const { handle } = (yield* ledger.begin(sampleIntent())).job
          let model = { state: "INTENT" as JobState, sends: 0, fence: 1, isHeld: true }
          for (const attempt of attempts) {
            if (attempt.isTakenOver) {
              yield* TestClock.adjust("31 seconds")
              const { lease } = yield* ledger.claim(handle, { owner: "this-process", seconds: 30 })
              model = { ...model, fence: model.fence + 1, isHeld: true }
              expect(lease?.fence).toBe(model.fence)
            }
            // Half of the walkers know where the job is; the others would never get far.
            const from = attempt.from.length % 2 === 0 ? [model.state, ...attempt.from] : attempt.from
            const fence = attempt.lease === "held" ? model.fence : model.fence - 1
            const given = attempt.lease === "none" ? {} : { lease: { owner: "this-process", fence } }
            const mayStep =
              from.includes(model.state) &&
              model.sends <= (mostSends(model.state, attempt.to) ?? -1) &&
              (attempt.lease === "none" ? attempt.to !== "SENDING" : attempt.lease === "held" && model.isHeld)
            const done = yield* Effect.isSuccess(ledger.transition(handle, from, attempt.to, given))
            expect(done).toBe(mayStep)
            if (done) {
              const isHeld = model.isHeld && !isLastState(attempt.to)
              model = { ...model, isHeld, state: attempt.to, sends: model.sends + sendsStep(attempt.to) }
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

  it.effect("writes down what Kling said, and when", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
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

  it.effect("lets one of 20 senders send", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      const sent = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => Effect.isSuccess(ledger.transition(handle, ["INTENT", "IN_DOUBT"], "SENDING", { lease })),
        { concurrency: "unbounded" }
      )
      expect(sent.filter(Boolean)).toHaveLength(1)
      expect((yield* ledger.get(handle)).sends).toBe(1)
    })
  )

  it.effect("tells whoever comes too late what it found", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING"))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      const error = yield* Effect.flip(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))
      expect(error.reason).toEqual({ _tag: "StateConflict", handle, wanted: "SENDING", found: "SENDING" })
      expect(error.wasCharged).toBe("maybe")
      expect(yield* codeOf(ledger.transition("kk-no", ["INTENT"], "REFUSED"))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("gives a job to one process, and to the next when its time has run out", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      const other = { owner: "other-process", seconds: 30 }
      expect(yield* codeOf(ledger.claim(handle, other))).toBe("LEDGER_LEASE_HELD")
      yield* TestClock.adjust("20 seconds")
      yield* ledger.renew(handle, lease, 30)
      yield* TestClock.adjust("29 seconds")
      expect(yield* codeOf(ledger.claim(handle, other))).toBe("LEDGER_LEASE_HELD")
      expect(yield* ledger.unfinished()).toEqual([])
      yield* TestClock.adjust("1 second")
      expect((yield* ledger.unfinished()).map((job) => job.handle)).toEqual([handle])
      const taken = yield* ledger.claim(handle, other)
      expect(taken.lease).toMatchObject({ owner: "other-process", fence: 2 })
      // The first one wakes up: it may no longer send, but what it knows is taken.
      expect(yield* codeOf(ledger.renew(handle, lease, 30))).toBe("LEDGER_LEASE_LOST")
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.release(handle, lease)
      expect((yield* ledger.get(handle)).lease?.owner).toBe("other-process")
      yield* ledger.release(handle, { owner: "other-process", fence: 2 })
      expect((yield* ledger.claim(handle, other)).lease?.fence).toBe(3)
    })
  )

  it.effect("shares unfinished jobs out, each to one", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (let n = 0; n < 12; n++) {
        const account = n < 10 ? "account-1" : "account-2"
        yield* ledger.begin(sampleIntent({ account, lease: { owner: "crashed", seconds: 1 } }))
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

  it.effect.each([-3_600_000, 3_600_000])("outlives a clock that jumps by %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* TestClock.setTime(noon + jump)
      // Nobody is kept out for an hour, and only one may go on: the one with the newest fence.
      const { lease: newer } = yield* ledger.claim(handle, { owner: "other-process", seconds: 30 })
      expect(newer?.fence).toBe(2)
      expect(yield* codeOf(ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease }))).toBe("LEDGER_LEASE_LOST")
      yield* ledger.transition(handle, ["SENDING"], "IN_DOUBT", { lease: { owner: "other-process", fence: 2 } })
      expect(yield* codeOf(ledger.transition(handle, ["INTENT"], "SENDING", { lease }))).toBe("LEDGER_LEASE_LOST")
      expect((yield* ledger.get(handle)).sends).toBe(1)
    })
  )
}
