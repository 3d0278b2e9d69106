import type { Vitest } from "@effect/vitest"
import type { TaskOutput } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import { sampleJob } from "./sample-job.ts"
import { openFresh, type TestDatabase } from "./test-database.ts"

const image = (number: number): TaskOutput => ({ type: "image", url: `https://files.example/${number}.png` })
const bill = [{ kind: "unit", amount: 8, pack: "image" }] as const
const lease = { owner: "this-process", fence: 1 }

/** A job for two images that has succeeded with these outputs, without a bill. */
const succeeded = Effect.fnUntraced(function* (outputs: ReadonlyArray<TaskOutput>) {
  const { ledger } = yield* openFresh
  const operation = "legacy.images.generations"
  const { handle } = (yield* ledger.createJob(sampleJob({ operation, input: { prompt: "a fox", n: 2 } }))).job
  yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { lease, taskId: "1" })
  return { ledger, job: yield* ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", { outputs, charges: [] }) }
})

/** Successes whose results or bill are late. */
export const lateResultsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect(
    "lets one of several processes poll a success that lacks something, ever more rarely, and then no more",
    () =>
      Effect.gen(function* () {
        const { ledger, job } = yield* succeeded([])
        const due = ledger.dueRechecks({ account: "account-1", after: 0, limit: 5 })
        expect([job.expectedOutputs, yield* due, yield* ledger.claimRecheck(job)]).toEqual([2, [], undefined])
        const pauses: Array<number> = []
        for (let latest = job; latest.recheckAt !== undefined; latest = yield* ledger.get(job.handle)) {
          const start = latest.polledAt ?? latest.recheckAt - 2000
          pauses.push((latest.recheckAt - start) / 1000)
          yield* TestClock.setTime(latest.recheckAt)
          expect((yield* due).map(({ handle }) => handle)).toEqual([job.handle])
          const claims = yield* Effect.all([ledger.claimRecheck(latest), ledger.claimRecheck(latest)], {
            concurrency: "unbounded"
          })
          expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1)
        }
        expect(pauses.slice(0, 6)).toEqual([2, 4, 8, 16, 32, 64])
        expect(pauses).toHaveLength(22)
        expect(pauses.at(-1)).toBe(7200)
      })
  )

  it.effect("adds later results, newer links and a bill, and never takes any away", () =>
    Effect.gen(function* () {
      const { ledger, job } = yield* succeeded([image(1)])
      const add = (outputs: ReadonlyArray<TaskOutput>, charges: typeof bill | readonly []) =>
        ledger.addLateResults(job.handle, { outputs, charges })
      expect(yield* add([], [])).toEqual(job)
      expect(yield* add([image(1), image(2)], [])).toMatchObject({ outputs: [image(1), image(2)], charges: [] })
      const complete = yield* add([image(1)], bill)
      expect(complete).toMatchObject({ outputs: [image(1), image(2)], charges: bill, spentUsd: 0.028 })
      expect(complete.recheckAt).toBeUndefined()
      expect(yield* add([image(3), image(4)], [])).toMatchObject({ outputs: [image(3), image(4)], charges: bill })
    })
  )
}
