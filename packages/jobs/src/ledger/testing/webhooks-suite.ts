import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { Endpoint } from "../endpoints.ts"
import type { JobState } from "../job-state.ts"
import type { Ledger } from "../ledger.ts"
import { samplePipeline } from "./pipelines-suite.ts"
import { noon, sampleJob } from "./sample-job.ts"
import { openFresh, TestDatabase } from "./test-database.ts"

const lease = { owner: "this-process", fence: 1 }
const claim = { limit: 10, leaseMillis: 60_000 }

const endpoint = (name: string, changes: Partial<Endpoint> = {}) => ({
  id: `endpoint-${name}`,
  name,
  url: `https://${name}.example`,
  secretHash: "hash",
  ...changes
})

/** A new job that is led through these states. */
const jobIn = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  states: ReadonlyArray<JobState>,
  changes: Parameters<typeof sampleJob>[0] = {}
) {
  const { job } = yield* ledger.createJob(sampleJob(changes))
  let state: JobState = "INTENT"
  for (const next of states) {
    yield* ledger.transition(job.handle, [state], next, next === "SENDING" ? { lease } : resultsOf(next))
    state = next
  }
  return job.handle
})

const video = { type: "video" as const, url: "https://example.com/v.mp4" }
const resultsOf = (state: JobState) =>
  state === "SUCCEEDED" ? { outputs: [video], charges: [{ kind: "unit" as const, amount: 3 }] } : {}

const toSuccess = ["SENDING", "ACCEPTED", "SUCCEEDED"] as const

/** Messages about the ends of jobs, on every store. */
export const webhooksSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("each end has one message for each endpoint that hears of the job, and nothing else has", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { webhooks } = ledger
      yield* jobIn(ledger, toSuccess)
      expect(yield* webhooks.add(endpoint("all"))).toBe(true)
      expect(yield* webhooks.add(endpoint("all", { id: "another" }))).toBe(false)
      yield* webhooks.add(endpoint("anna", { principal: "key:anna" }))
      const announced: Array<readonly [string, string]> = [
        [yield* jobIn(ledger, [...toSuccess, "FETCHED"]), "succeeded"],
        [yield* jobIn(ledger, ["SENDING", "ACCEPTED", "RUNNING", "FAILED"]), "failed"],
        [yield* jobIn(ledger, ["REFUSED"]), "failed"],
        [yield* jobIn(ledger, ["SENDING", "IN_DOUBT", "UNKNOWN"]), "unresolved"]
      ]
      yield* jobIn(ledger, ["SENDING", "ACCEPTED", "RUNNING"])
      const ofAnna = yield* jobIn(ledger, toSuccess, { principal: "key:anna" })
      const heard = (id: string) =>
        Effect.map(webhooks.claim(id, claim), (messages) =>
          messages.map(({ handle, ending }) => `${handle} ${ending}`).toSorted()
        )
      expect(yield* heard("endpoint-all")).toEqual(
        [...announced, [ofAnna, "succeeded"] as const].map(([handle, ending]) => `${handle} ${ending}`).toSorted()
      )
      expect(yield* heard("endpoint-anna")).toEqual([`${ofAnna} succeeded`])
    })
  )

  it.effect("an unresolved job whose task turns up ends once more, under another id", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.webhooks.add(endpoint("all"))
      const handle = yield* jobIn(ledger, ["SENDING", "IN_DOUBT", "UNKNOWN"])
      yield* ledger.adoptTask(handle, "task-1")
      yield* ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", resultsOf("SUCCEEDED"))
      const messages = yield* ledger.webhooks.claim("endpoint-all", claim)
      expect(messages.map(({ ending }) => ending).toSorted()).toEqual(["succeeded", "unresolved"])
      expect(new Set(messages.map(({ id }) => id)).size).toBe(2)
    })
  )

  it.effect("an end that is rolled back has no message", () =>
    Effect.gen(function* () {
      const { ledger, sql } = yield* openFresh
      yield* ledger.webhooks.add(endpoint("all"))
      const handle = yield* jobIn(ledger, ["SENDING", "ACCEPTED"])
      // What is written last: that the bill is still to come.
      yield* sql`ALTER TABLE klingkit_jobs RENAME COLUMN recheck_at TO moved`
      const end = ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", { outputs: [video], charges: [] })
      expect(yield* Effect.isFailure(end)).toBe(true)
      yield* sql`ALTER TABLE klingkit_jobs RENAME COLUMN moved TO recheck_at`
      expect(yield* ledger.get(handle)).toMatchObject({ state: "ACCEPTED" })
      expect(yield* ledger.webhooks.claim("endpoint-all", claim)).toEqual([])
    })
  )

  it.effect(
    "a success without results has its message when they are in, at the latest after a quarter of an hour",
    () =>
      Effect.gen(function* () {
        const { ledger } = yield* openFresh
        yield* ledger.webhooks.add(endpoint("all"))
        const empty = { outputs: [], charges: [] }
        const [completed, left] = [
          yield* jobIn(ledger, ["SENDING", "ACCEPTED"]),
          yield* jobIn(ledger, ["SENDING", "ACCEPTED"])
        ]
        for (const handle of [completed, left]) yield* ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", empty)
        expect(yield* ledger.webhooks.claim("endpoint-all", claim)).toEqual([])
        yield* ledger.addLateResults(completed, { outputs: [video], charges: [] })
        expect(yield* ledger.webhooks.claim("endpoint-all", claim)).toMatchObject([{ handle: completed }])
        yield* TestClock.adjust("15 minutes")
        expect(yield* ledger.webhooks.claim("endpoint-all", { ...claim, limit: 1 })).toHaveLength(1)
        expect(yield* ledger.webhooks.claim("endpoint-all", claim)).toHaveLength(1)
      })
  )

  it.effect("each stop of a pipeline has a message, and its success", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      yield* ledger.webhooks.add(endpoint("all"))
      const { pipeline } = yield* ledger.pipelines.create(samplePipeline())
      yield* ledger.pipelines.end(pipeline, "STOPPED", "a step has failed")
      yield* ledger.pipelines.end(pipeline, "STOPPED", "a step has failed")
      const resumed = yield* ledger.pipelines.resume(yield* ledger.pipelines.get(pipeline.handle, "local"))
      yield* ledger.pipelines.end(resumed, "STOPPED", "again")
      yield* ledger.pipelines.end(
        yield* ledger.pipelines.resume(yield* ledger.pipelines.get(pipeline.handle, "local")),
        "SUCCEEDED"
      )
      const messages = yield* ledger.webhooks.claim("endpoint-all", claim)
      expect(messages.map(({ ending }) => ending).toSorted()).toEqual(["failed", "failed", "succeeded"])
    })
  )

  it.effect("of several processes one has a message; it is due again when nothing was recorded in time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const { open } = yield* (yield* TestDatabase).fresh
      const [one, other] = [(yield* open).ledger, (yield* open).ledger]
      yield* one.webhooks.add(endpoint("all"))
      for (let count = 0; count < 8; count += 1) yield* jobIn(one, toSuccess)
      const both = yield* Effect.all(
        [one.webhooks.claim("endpoint-all", claim), other.webhooks.claim("endpoint-all", claim)],
        { concurrency: "unbounded" }
      )
      const claimed = both.flat()
      expect(new Set(claimed.map(({ id }) => id)).size).toBe(8)
      expect(claimed).toHaveLength(8)
      yield* TestClock.adjust("1 minute")
      const again = yield* other.webhooks.claim("endpoint-all", claim)
      expect(again.map(({ id }) => id).toSorted()).toEqual(claimed.map(({ id }) => id).toSorted())
      // Too late: the message is another process's by now.
      for (const message of claimed) yield* one.webhooks.record(message, { _tag: "GivenUp", failure: "HTTP 500" })
      for (const message of again) yield* other.webhooks.record(message, { _tag: "Delivered" })
      expect(yield* one.webhooks.report).toMatchObject([{ delivered: 8, pending: 0, givenUp: 0 }])
    })
  )

  it.effect("what became of an attempt decides whether and when there is another", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { webhooks } = ledger
      yield* webhooks.add(endpoint("all"))
      yield* jobIn(ledger, toSuccess)
      const attempt = Effect.gen(function* () {
        const [message] = yield* webhooks.claim("endpoint-all", claim)
        return message ?? (yield* Effect.die("nothing is due"))
      })
      yield* webhooks.record(yield* attempt, { _tag: "Failed", failure: "HTTP 500", nextAt: noon + 5000 })
      expect(yield* webhooks.claim("endpoint-all", claim)).toEqual([])
      expect(yield* webhooks.report).toMatchObject([{ pending: 1, lastFailure: "HTTP 500" }])
      yield* webhooks.postpone("endpoint-all", noon + 8000)
      yield* TestClock.adjust("5 seconds")
      expect(yield* webhooks.claim("endpoint-all", claim)).toEqual([])
      yield* TestClock.adjust("3 seconds")
      const last = yield* attempt
      expect(last).toMatchObject({ attempts: 2, firstAttemptAt: noon })
      yield* webhooks.record(last, { _tag: "Gone", failure: "HTTP 410" })
      expect(yield* webhooks.active).toEqual([])
      yield* jobIn(ledger, toSuccess)
      yield* TestClock.adjust("4 days")
      expect(yield* webhooks.claim("endpoint-all", claim)).toEqual([])
    })
  )

  it.effect("a replay sends again what ended since, under the same ids, and what was never sent", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const { webhooks } = ledger
      yield* jobIn(ledger, toSuccess)
      yield* TestClock.adjust("1 hour")
      const early = yield* jobIn(ledger, toSuccess)
      const foreign = yield* jobIn(ledger, toSuccess, { principal: "key:bert" })
      yield* webhooks.add(endpoint("local", { principal: "local" }))
      const announced = yield* jobIn(ledger, ["SENDING", "IN_DOUBT", "UNKNOWN"])
      const [message] = yield* webhooks.claim("endpoint-local", claim)
      expect(message).toMatchObject({ handle: announced })
      if (message === undefined) return
      yield* webhooks.record(message, { _tag: "Gone", failure: "HTTP 410" })
      expect(yield* webhooks.replay("nobody", { since: 0 })).toBeUndefined()
      expect(yield* webhooks.replay("local", { messageId: message.id })).toBe(1)
      expect(yield* webhooks.active).toMatchObject([{ name: "local" }])
      expect(yield* webhooks.claim("endpoint-local", claim)).toMatchObject([{ id: message.id, attempts: 1 }])
      expect(yield* webhooks.replay("local", { since: noon + 1 })).toBe(2)
      const replayed = yield* webhooks.claim("endpoint-local", claim)
      expect(replayed.map(({ handle }) => handle).toSorted()).toEqual([early, announced].toSorted())
      expect(replayed.map(({ id }) => id)).toContain(message.id)
      expect(replayed.map(({ handle }) => handle)).not.toContain(foreign)
      expect(yield* webhooks.remove("local")).toBe(true)
      expect(yield* webhooks.remove("local")).toBe(false)
      expect(yield* webhooks.claim("endpoint-local", claim)).toEqual([])
    })
  )
}
