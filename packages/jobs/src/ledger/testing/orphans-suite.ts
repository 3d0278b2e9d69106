import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { JobState } from "../job-state.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** Tasks of Kling without a known job, and jobs without a known task. */
export const orphansSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  const openAtNoon = Effect.andThen(TestClock.setTime(noon), openFresh)

  /** A job that was sent, moved on through these states. */
  const sentJob = Effect.fnUntraced(function* (
    ledger: Effect.Success<typeof openFresh>["ledger"],
    states: ReadonlyArray<JobState>,
    changes: Parameters<typeof sampleJob>[0] = {}
  ) {
    const { job } = yield* ledger.createJob(sampleJob(changes))
    let state = job.state
    for (const to of ["SENDING", ...states] as const) {
      const lease = job.lease ?? expect.fail("no lease")
      const taskId = to === "ACCEPTED" ? { taskId: `task of ${job.handle}` } : {}
      state = (yield* ledger.transition(job.handle, [state], to, { lease, ...taskId })).state
    }
    return job.handle
  })

  it.effect("gives a task to one job only, of any principal", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openAtNoon
      const first = yield* sentJob(ledger, ["IN_DOUBT", "UNKNOWN"])
      const second = yield* sentJob(ledger, ["IN_DOUBT"], { principal: "anna" })
      const both = [first, second].map((handle) => Effect.exit(ledger.adoptTask(handle, "orphan")))
      const exits = yield* Effect.all(both, { concurrency: "unbounded" })
      expect(exits.filter(({ _tag }) => _tag === "Success")).toHaveLength(1)
      const owners = yield* ledger.takenTasks(["orphan", "another"])
      const [owner = ""] = owners.values()
      expect([...owners.keys()]).toEqual(["orphan"])
      const loser = owner === first ? second : first
      expect(yield* codeOf(ledger.adoptTask(loser, "orphan"))).toBe("LEDGER_TASK_TAKEN")
      expect((yield* ledger.adoptTask(loser, "another")).state).toBe("ACCEPTED")
    })
  )

  it.effect("gives a task only to a job in doubt, and only to the holder of its lease", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openAtNoon
      const accepted = yield* sentJob(ledger, ["ACCEPTED"])
      expect(yield* codeOf(ledger.adoptTask(accepted, "orphan"))).toBe("LEDGER_STATE_CONFLICT")
      const inDoubt = yield* sentJob(ledger, ["IN_DOUBT"])
      const stale = { owner: "another-process", fence: 1 }
      expect(yield* codeOf(ledger.adoptTask(inDoubt, "orphan", stale))).toBe("LEDGER_LEASE_LOST")
      expect((yield* ledger.adoptTask(inDoubt, "orphan", { owner: "this-process", fence: 1 })).taskId).toBe("orphan")
    })
  )

  it.effect("finds the jobs of an account that may have made a task, by the time of their send", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openAtNoon
      yield* sentJob(ledger, ["IN_DOUBT"])
      yield* TestClock.adjust("1 hour")
      const states: ReadonlyArray<ReadonlyArray<JobState>> = [[], ["IN_DOUBT"], ["IN_DOUBT", "UNKNOWN"]]
      const wanted = yield* Effect.forEach(states, (path) => sentJob(ledger, path))
      yield* sentJob(ledger, ["ACCEPTED"])
      yield* sentJob(ledger, ["IN_DOUBT"], { account: "account-2" })
      yield* ledger.createJob(sampleJob())
      const sentAt = noon + 3_600_000
      const found = yield* ledger.inDoubt("account-1", { from: sentAt, until: sentAt })
      expect(found.map(({ handle }) => handle).toSorted()).toEqual(wanted.toSorted())
    })
  )

  it.effect("holds the price of a job of unknown outcome until the user declares that it made no task", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openAtNoon
      const handle = yield* sentJob(ledger, ["IN_DOUBT", "UNKNOWN"])
      const scope = { principal: "local", account: "account-1" }
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.42)
      yield* ledger.transition(handle, ["UNKNOWN"], "REFUSED", { message: "not made" })
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0)
    })
  )
}
