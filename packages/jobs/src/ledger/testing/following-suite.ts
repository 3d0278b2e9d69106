import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { codeOf, noon, sampleIntent } from "./sample-intent.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const lease = { owner: "this-process", fence: 1 }
const held = { owner: "this-process", seconds: 30 }

/** What several processes tell each other by the ledger: who looks at a job, and who stands in line. */
export const followingSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("gives one look at a job to one of many who want it at the same moment", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const handles = [
        (yield* ledger.begin(sampleIntent())).job.handle,
        (yield* ledger.begin(sampleIntent())).job.handle
      ]
      const look = ledger.claimLooks(handles, 1500)
      const claims = yield* Effect.all(
        Array.from({ length: 10 }, () => look),
        { concurrency: "unbounded" }
      )
      expect(claims.flatMap((some) => some.map(({ handle }) => handle)).toSorted()).toEqual(handles.toSorted())
      yield* TestClock.adjust("1499 millis")
      expect(yield* look).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect((yield* look).map(({ lookedAt }) => lookedAt)).toEqual([noon + 1500, noon + 1500])
      expect(yield* ledger.claimLooks([], 0)).toEqual([])
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("lets a job be looked at after a clock has jumped by %i ms", (jump) =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      yield* ledger.claimLooks([handle], 1500)
      yield* TestClock.setTime(noon + jump)
      expect(yield* ledger.claimLooks([handle], 1500)).toHaveLength(1)
    })
  )

  it.effect("knows who holds places and who waits for one, lane by lane", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const begin = (lane: string, principal = "local") =>
        Effect.map(
          ledger.begin(sampleIntent({ lane, principal, slots: 2, usualSeconds: 60.4, lease: held })),
          ({ job }) => job.handle
        )
      const running = yield* begin("video kling-3.0")
      yield* ledger.transition(running, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(running, ["SENDING"], "ACCEPTED", { taskId: "1" })
      yield* TestClock.adjust("1 second")
      const first = yield* begin("video kling-3.0", "anna")
      yield* TestClock.adjust("1 second")
      const second = yield* begin("video kling-3.0")
      // Not yet in line, and in another one.
      yield* begin("video kling-3.0")
      yield* ledger.markQueued(yield* begin("video kling-2.6"), lease)
      yield* ledger.markQueued(second, lease)
      yield* ledger.markQueued(first, lease)
      const lane = yield* ledger.lane("account-1", "video kling-3.0")
      const entry = { principal: "local", slots: 2, usualSeconds: 60 }
      expect(lane).toEqual({
        running: [{ ...entry, handle: running, createdAt: noon, sentAt: noon }],
        waiting: [
          { ...entry, handle: first, principal: "anna", createdAt: noon + 1000 },
          { ...entry, handle: second, createdAt: noon + 2000 }
        ]
      })
      expect((yield* ledger.lane("account-2", "video kling-3.0")).running).toEqual([])
      // Whose process has died does not hold others up.
      yield* TestClock.adjust("20 seconds")
      yield* ledger.renew(second, lease, 30)
      yield* TestClock.adjust("11 seconds")
      expect((yield* ledger.lane("account-1", "video kling-3.0")).waiting.map(({ handle }) => handle)).toEqual([second])
      yield* ledger.transition(running, ["ACCEPTED"], "SUCCEEDED")
      expect((yield* ledger.lane("account-1", "video kling-3.0")).running).toEqual([])
    })
  )

  it.effect("lets only who holds a job stand in line with it", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      expect(yield* codeOf(ledger.markQueued(handle, { ...lease, fence: 2 }))).toBe("LEDGER_LEASE_LOST")
      expect((yield* ledger.get(handle)).queuedAt).toBeUndefined()
    })
  )

  it.effect("remembers when somebody was last given a job, and closes none that was given away meanwhile", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent())).job
      const close = (one: string) => ledger.transition(one, ["INTENT"], "REFUSED", { lease, promisedAt: 0 })
      yield* ledger.markPromised(handle)
      yield* TestClock.adjust("1 minute")
      yield* ledger.markPromised(handle)
      expect((yield* ledger.get(handle)).promisedAt).toBe(noon + 60_000)
      expect(yield* codeOf(close(handle))).toBe("LEDGER_STATE_CONFLICT")
      expect((yield* close((yield* ledger.begin(sampleIntent())).job.handle)).state).toBe("REFUSED")
    })
  )

  it.effect("finds the job that Kling calls back about, of whichever principal, in this account only", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { handle } = (yield* ledger.begin(sampleIntent({ principal: "anna" }))).job
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { taskId: "77" })
      expect(yield* ledger.markCalled("account-1", handle)).toMatchObject({ handle, calledAt: noon })
      expect(yield* ledger.markCalled("account-1", "77")).toMatchObject({ handle })
      for (const id of ["78", "", "a\0", "' OR 1=1 --"]) {
        expect(yield* codeOf(ledger.markCalled("account-1", id))).toBe("LEDGER_NOT_FOUND")
      }
      expect(yield* codeOf(ledger.markCalled("account-2", handle))).toBe("LEDGER_NOT_FOUND")
    })
  )
}
