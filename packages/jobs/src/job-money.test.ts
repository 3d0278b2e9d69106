import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { Effect, Option, Result, Stream } from "effect"
import { jobOfRecord } from "./job.ts"
import { moneyOfJob, moneyOfRecord } from "./job-money.ts"
import { jobStates } from "./ledger/job-state.ts"
import { makeHome, program, run } from "./pipelines/testing/programs.ts"
import { Jobs } from "./jobs.ts"
import { startJob } from "./submit/testing/start-job.ts"

const finishedRecord = Effect.gen(function* () {
  const home = yield* makeHome
  const made = Effect.gen(function* () {
    const jobs = yield* Jobs
    const { handle } = yield* startJob(jobs, yield* planVideo({ prompt: "a fox" }, "key-pair"))
    return Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle))).record
  })
  const record = Option.getOrThrow(Result.getOrThrow(yield* run(made, program(home))))
  return record ?? (yield* Effect.die("no row"))
})

describe("the money of a job", () => {
  it.effect("follows from its row: only one that Kling has no task of is not charged", () =>
    Effect.gen(function* () {
      const finished = yield* finishedRecord
      const { taskId: _, ...sent } = { ...finished, charges: [], outputs: [] }
      const said = Object.fromEntries(jobStates.map((state) => [state, moneyOfRecord({ ...sent, state }).charged]))
      const { REFUSED, SUCCEEDED, FETCHED, ...others } = said
      expect([REFUSED, SUCCEEDED, FETCHED]).toEqual(["no", "yes", "yes"])
      expect(new Set(Object.values(others))).toEqual(new Set(["maybe"]))
      expect(moneyOfRecord({ ...sent, state: "RUNNING" })).toMatchObject({
        isSent: true,
        isEnded: false,
        maxChargedUsd: 0.42
      })
    })
  )

  it.effect("has the amount that Kling reports, also before the row has it", () =>
    Effect.gen(function* () {
      const finished = yield* finishedRecord
      expect(moneyOfRecord(finished)).toMatchObject({ charged: "yes", chargedUsd: 0.42, isEnded: true })
      const { task } = jobOfRecord(finished)
      const unsent = { ...finished, state: "INTENT", charges: [] } as const
      expect(moneyOfJob({ handle: finished.handle, task, record: unsent })).toMatchObject({
        isSent: true,
        charged: "yes",
        chargedUsd: 0.42
      })
      const free = task.charges.map((charge) => ({ ...charge, amount: 0 }))
      expect(moneyOfRecord({ ...finished, state: "FAILED", charges: free }).charged).toBe("no")
    })
  )
})
