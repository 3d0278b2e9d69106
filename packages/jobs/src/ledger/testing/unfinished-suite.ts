import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { noon, sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

/** What operators see of a ledger: how many jobs have not ended, and the slots they hold. */
export const unfinishedSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("counts the jobs that have not ended, of everyone, and their slots until a task must have ended", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const { ledger } = yield* openFresh
      const create = (changes: Parameters<typeof sampleJob>[0]) =>
        Effect.map(ledger.createJob(sampleJob({ queueKey: "kling-3.0 video", ...changes })), ({ job }) => job)
      const send = Effect.fnUntraced(function* ({ handle, lease }: Effect.Success<ReturnType<typeof create>>) {
        yield* ledger.transition(handle, ["INTENT"], "SENDING", lease === undefined ? {} : { lease })
        return handle
      })
      yield* create({})
      yield* create({ principal: "anna" })
      const accepted = yield* send(yield* create({ account: "account-2", slots: 3 }))
      yield* ledger.transition(accepted, ["SENDING"], "ACCEPTED", { taskId: "1" })
      const ended = yield* send(yield* create({}))
      yield* ledger.transition(ended, ["SENDING"], "REFUSED", { message: "no" })
      const queueKey = "kling-3.0 video"
      expect(yield* ledger.countUnfinished).toEqual([
        { state: "ACCEPTED", queueKey, jobs: 1, slots: 3 },
        { state: "INTENT", queueKey, jobs: 2, slots: 0 }
      ])
      yield* TestClock.adjust("2 hours")
      expect(yield* ledger.countUnfinished).toContainEqual({ state: "ACCEPTED", queueKey, jobs: 1, slots: 0 })
    })
  )
}
