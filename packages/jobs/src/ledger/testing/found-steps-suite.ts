import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { NewPipeline } from "../create-pipeline.ts"
import type { JobState } from "../job-state.ts"
import { noon, sampleJob } from "./sample-job.ts"
import { openFresh, type Opened, type TestDatabase } from "./test-database.ts"

const scope = { principal: "local", account: "account-1" }
const lease = { owner: "this-process", fence: 1 }
const paths: Readonly<Record<string, ReadonlyArray<JobState>>> = {
  SENDING: ["SENDING"],
  ACCEPTED: ["SENDING", "ACCEPTED"],
  SUCCEEDED: ["SENDING", "ACCEPTED", "SUCCEEDED"],
  FAILED: ["SENDING", "ACCEPTED", "FAILED"],
  UNKNOWN: ["SENDING", "IN_DOUBT", "UNKNOWN"],
  REFUSED: ["REFUSED"]
}

let minted = 0

/** A pipeline of one step with the key `k`. */
const newPipeline = (changes: Partial<NewPipeline> = {}): NewPipeline => {
  minted += 1
  const { quote } = sampleJob()
  return {
    handle: `kk-chain-9${String(minted).padStart(25, "0")}`,
    ...scope,
    name: "one video",
    fingerprint: `found ${minted}`,
    quote,
    steps: [{ id: "one", operation: "new.t2v.kling-3.0", quote, needs: [], takesFrom: [], key: "k" }],
    plan: { steps: [] },
    ...changes
  }
}

/** A job of a step with the key `k`, in some state. */
const stepJob = Effect.fnUntraced(function* ({ ledger }: Opened, state: string, pipeline = newPipeline().handle) {
  const partOf = { pipeline, step: "one", key: "k" }
  const created = yield* ledger.createJob(sampleJob({ partOf, idempotencyKey: `${pipeline}/one/0/0` }))
  let from: JobState = "INTENT"
  for (const to of paths[state] ?? []) {
    yield* ledger.transition(created.job.handle, [from], to, to === "SENDING" ? { lease } : {})
    from = to
  }
  return created
})

const foundHandle = ({ ledger }: Opened, who = scope) =>
  Effect.map(ledger.pipelines.findSteps(who, ["k", "other"]), (found) => found.get("k")?.handle)

/** Steps that pipelines find by their keys. */
export const foundStepsSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("finds what has the key of a step, for its principal and account, for 30 days", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { job } = yield* stepJob(opened, "SUCCEEDED")
      expect(yield* foundHandle(opened)).toBe(job.handle)
      expect(yield* foundHandle(opened, { ...scope, principal: "anna" })).toBe(undefined)
      expect(yield* foundHandle(opened, { ...scope, account: "account-2" })).toBe(undefined)
      yield* TestClock.setTime(noon + 29 * 86_400_000)
      expect(yield* foundHandle(opened)).toBe(job.handle)
      yield* TestClock.setTime(noon + 31 * 86_400_000)
      expect(yield* foundHandle(opened)).toBe(undefined)
    })
  )

  it.effect.each([
    ["INTENT", false],
    ["REFUSED", false],
    ["SENDING", true],
    ["ACCEPTED", true],
    ["FAILED", true],
    ["UNKNOWN", true]
  ] as const)("finds a step that is %s: %s", ([state, isFound]) =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { job } = yield* stepJob(opened, state)
      expect(yield* foundHandle(opened)).toBe(isFound ? job.handle : undefined)
    })
  )

  it.effect("creates no second job for a step that another pipeline is making, and gives back what was reserved", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const first = yield* ledger.pipelines.create(newPipeline())
      const second = yield* ledger.pipelines.create(newPipeline())
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.84)
      const made = yield* stepJob(opened, "INTENT", first.pipeline.handle)
      const same = yield* stepJob(opened, "INTENT", second.pipeline.handle)
      expect([made.isNew, same.isNew, same.job.handle]).toEqual([true, false, made.job.handle])
      expect((yield* ledger.daySpend(scope)).usedUsd).toBe(0.42)
      const [job] = yield* ledger.pipelines.jobs(second.pipeline.handle)
      expect(job).toMatchObject({ handle: made.job.handle, step: "one", found: { resume: 0, isQuoted: true } })
    })
  )

  it.effect("reserves nothing for a step that was found, and keeps its job while the pipeline may continue", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const { job } = yield* stepJob(opened, "FAILED")
      const limits = { maxUsdPerDay: 0.42 }
      const found = new Map([["one", job.handle]])
      const { pipeline } = yield* ledger.pipelines.create(
        newPipeline({ found, limits, quote: { state: "exact", units: 0, priceUsd: 0, rule: "found" } })
      )
      expect(pipeline.reservedUsd).toBe(0)
      expect(yield* ledger.pipelines.jobs(pipeline.handle)).toMatchObject([{ found: { isQuoted: false } }])
      yield* ledger.pipelines.end(pipeline, "STOPPED", "failed")
      yield* TestClock.setTime(noon + 20 * 86_400_000)
      yield* ledger.purgeBefore(noon + 10 * 86_400_000)
      expect(yield* ledger.pipelines.jobs(pipeline.handle)).toHaveLength(1)
      const kept = yield* ledger.pipelines.resume(pipeline, { retryFailed: false })
      expect([kept.reservedUsd, kept.retriesFailed]).toEqual([0, 0])
      yield* ledger.pipelines.end(kept, "STOPPED", "failed")
      const retried = yield* ledger.pipelines.resume(kept)
      expect([retried.reservedUsd, retried.retriesFailed]).toEqual([0.42, 2])
    })
  )
}
