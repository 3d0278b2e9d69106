import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { expect } from "vitest"
import type { NewJob } from "../create-job.ts"
import type { JobFilter } from "../find-jobs.ts"
import type { JobState } from "../job-state.ts"
import { codeOf, noon, sampleJob } from "./sample-job.ts"
import { openFresh, type Opened, type TestDatabase } from "./test-database.ts"

const lease = { owner: "this-process", fence: 1 }

const finish = Effect.fnUntraced(function* ({ ledger }: Opened, end: JobState, changes: Partial<NewJob> = {}) {
  const { handle } = (yield* ledger.createJob(sampleJob(changes))).job
  if (end === "REFUSED") return (yield* ledger.transition(handle, ["INTENT"], "REFUSED")).handle
  yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
  yield* ledger.transition(handle, ["SENDING"], "ACCEPTED", { taskId: `task-of-${handle}` })
  if (end === "ACCEPTED") return handle
  yield* ledger.transition(handle, ["ACCEPTED"], end === "FETCHED" ? "SUCCEEDED" : end)
  if (end === "FETCHED") yield* ledger.transition(handle, ["SUCCEEDED"], "FETCHED")
  return handle
})

/** Finding jobs, also next to broken rows, and purging old ones. */
export const listSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect("finds a job by its handle and by Kling's id, for its principal only", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const handle = yield* finish(opened, "ACCEPTED", { principal: "anna" })
      expect((yield* ledger.get(handle, "anna")).handle).toBe(handle)
      expect((yield* ledger.get(`task-of-${handle}`, "anna")).handle).toBe(handle)
      const foreign = yield* Effect.flip(ledger.get(handle, "ben"))
      const unknown = yield* Effect.flip(ledger.get(`${handle}x`, "ben"))
      expect(JSON.stringify(foreign).replaceAll(handle, "ID")).toBe(
        JSON.stringify(unknown).replaceAll(`${handle}x`, "ID")
      )
      for (const id of [handle, `task-of-${handle}`]) {
        expect((yield* ledger.list({ principal: "anna", id })).jobs.map((job) => job.handle)).toEqual([handle])
        expect((yield* ledger.list({ principal: "ben", id })).jobs).toEqual([])
      }
      expect((yield* ledger.list({ principal: "anna", id: "%" })).jobs).toEqual([])
      expect((yield* ledger.list({ principal: "ben" })).jobs).toEqual([])
      expect((yield* ledger.list()).jobs).toEqual([])
      for (const hostile of ["' OR '1'='1", "a\0", "\ud800", "%", ""]) {
        expect(yield* codeOf(ledger.get(hostile, "anna"))).toBe("LEDGER_NOT_FOUND")
        expect(yield* codeOf(ledger.get(handle, hostile))).toBe("LEDGER_NOT_FOUND")
        expect((yield* ledger.list({ principal: hostile })).jobs).toEqual([])
      }
    })
  )

  it.effect("finds jobs by the caller's own keys, and by account", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      yield* ledger.registerAccount({ credential: "account-1", name: "one" })
      yield* ledger.registerAccount({ credential: "other", name: "two" })
      const a = yield* finish(opened, "ACCEPTED", { idempotencyKey: "a" })
      const b = yield* finish(opened, "REFUSED", { idempotencyKey: "b" })
      yield* finish(opened, "ACCEPTED", { account: "other", idempotencyKey: "a" })
      yield* finish(opened, "ACCEPTED", { prompt: "no key" })
      const { account } = yield* ledger.get(a)
      const found = (...idempotencyKeys: ReadonlyArray<string>) =>
        Effect.map(ledger.list({ account, idempotencyKeys }), ({ jobs }) => jobs.map(({ handle }) => handle).toSorted())
      expect(yield* found("a", "b", "c")).toEqual([a, b].toSorted())
      expect(yield* found("c' OR '1'='1", "\0")).toEqual([])
      expect(yield* found()).toEqual([])
    })
  )

  it.effect("finds the job of an output by the output's own id or URL", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const handle = yield* finish(opened, "ACCEPTED", { principal: "anna" })
      const video = { type: "video", id: "8936_5%", url: "https://a.example/1.mp4" } as const
      yield* ledger.transition(handle, ["ACCEPTED"], "SUCCEEDED", { outputs: [video] })
      const found = (result: string, principal = "anna") =>
        Effect.map(ledger.list({ principal, result }), ({ jobs }) => jobs.map((job) => job.handle))
      expect(yield* found("8936_5%")).toEqual([handle])
      expect(yield* found(video.url)).toEqual([handle])
      expect(yield* found("https://a.example/1")).toEqual([])
      for (const other of ["8936", "8936x5%", "%", "video", '"', "a\0"]) expect(yield* found(other)).toEqual([])
      expect(yield* found("8936_5%", "ben")).toEqual([])
    })
  )

  it.effect("applies every filter", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const fox = yield* finish(opened, "ACCEPTED", { prompt: "Ein FÜCHSLEIN, 100% rot_braun" })
      yield* TestClock.adjust("1 minute")
      const cat = yield* finish(opened, "FAILED", { prompt: "a cat", family: "image", model: "kling-v3" })
      const handles = (filter: JobFilter) =>
        Effect.map(ledger.list(filter), ({ jobs }) => jobs.map(({ handle }) => handle))
      expect(yield* handles({})).toEqual([cat, fox])
      expect(yield* handles({ states: ["ACCEPTED", "RUNNING"] })).toEqual([fox])
      expect(yield* handles({ states: [] })).toEqual([])
      expect(yield* handles({ family: "image" })).toEqual([cat])
      expect(yield* handles({ model: "kling-3.0" })).toEqual([fox])
      expect(yield* handles({ since: noon + 60_000 })).toEqual([cat])
      expect(yield* handles({ until: noon + 60_000 })).toEqual([fox])
      expect(yield* handles({ search: "füchsLEIN, 100%" })).toEqual([fox])
      expect(yield* handles({ search: "t_b" })).toEqual([fox])
      for (const search of ["a_cat", "10%0", "%' OR 1=1 --", "!", "\0"]) expect(yield* handles({ search })).toEqual([])
    })
  )

  it.effect("pages through all jobs once, newest first, while new ones are created", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      const created: Array<string> = []
      for (let n = 0; n < 23; n++) {
        if (n % 3 === 0) yield* TestClock.adjust("1 second")
        created.push((yield* ledger.createJob(sampleJob())).job.handle)
      }
      const listed: Array<string> = []
      let cursor: string | undefined
      do {
        const page = yield* ledger.list({ limit: 5, ...(cursor === undefined ? {} : { cursor }) })
        listed.push(...page.jobs.map(({ handle }) => handle))
        cursor = page.nextCursor
        yield* TestClock.adjust("1 second")
        yield* ledger.createJob(sampleJob())
      } while (cursor !== undefined)
      expect(listed).toEqual(created.toReversed())
    })
  )

  it.effect("rejects foreign cursors", () =>
    Effect.gen(function* () {
      const { ledger } = yield* openFresh
      for (const cursor of ["", "x", "%%%", btoa("[1]"), btoa(`["1","2"]`), btoa(`[1,"\\u0000"]`)]) {
        expect(yield* codeOf(ledger.list({ cursor }))).toBe("LEDGER_BAD_CURSOR")
      }
    })
  )

  it.effect("quarantines broken rows and lists the others", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger, sql } = opened
      const good = yield* finish(opened, "ACCEPTED")
      const breaks: ReadonlyArray<readonly [column: string, value: string]> = [
        ["quote", "{"],
        ["quote", "7"],
        ["quote", `{"state":"guessed","rule":"3 units"}`],
        ["quote", `{"state":"exact","rule":"3 units","priceUsd":"0.42"}`],
        ["outputs", `{"a":1}`],
        ["outputs", `[{"type":"video","id":"1"}]`],
        ["outputs", `[{"type":"hologram","url":"https://example.com/a"}]`],
        ["files", `[{"path":1}]`],
        ["charges", `[null]`],
        ["charges", `[{"kind":"unit","amount":"3"}]`],
        ["state", "MELTED"]
      ]
      const bad: Array<string> = []
      for (const [column, value] of breaks) {
        const handle = yield* finish(opened, "ACCEPTED")
        yield* sql`UPDATE klingkit_jobs SET ${sql(column)} = ${value} WHERE handle = ${handle}`
        bad.push(handle)
      }
      const page = yield* ledger.list()
      expect(page.jobs.map(({ handle }) => handle)).toEqual([good])
      expect(page.quarantined.map(({ handle }) => handle).toSorted()).toEqual(bad.toSorted())
      expect(page.quarantined.every(({ detail }) => detail.length > 0)).toBe(true)
      yield* TestClock.adjust("31 seconds")
      expect((yield* ledger.unfinished()).map(({ handle }) => handle)).toEqual([good])
      expect(yield* codeOf(ledger.get(bad[0] ?? ""))).toBe("LEDGER_QUARANTINED")
      expect(yield* codeOf(ledger.transition(bad[0] ?? "", ["ACCEPTED"], "FAILED"))).toBe("LEDGER_QUARANTINED")
      expect(yield* sql`SELECT state FROM klingkit_jobs WHERE handle = ${bad[0]}`).toEqual([{ state: "ACCEPTED" }])
      yield* ledger.transition(good, ["ACCEPTED"], "RUNNING")
    })
  )

  it.effect("records saved files, each path once", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const handle = yield* finish(opened, "SUCCEEDED")
      const file = (path: string, bytes: number) => ({ path, bytes, sha256: "00ff", mimeType: "video/mp4" })
      const many = Array.from({ length: 20 }, (_, index) => file(`/'; --${index}.mp4`, 5_000_000_000 + index))
      yield* Effect.forEach([file("/a.mp4", 1), ...many], (saved) => ledger.addFiles(handle, [saved]), {
        concurrency: "unbounded"
      })
      const { files } = yield* ledger.addFiles(handle, [file("/a.mp4", 2)])
      expect(files.toSorted((a, b) => a.bytes - b.bytes)).toEqual([file("/a.mp4", 2), ...many])
      expect(yield* codeOf(ledger.addFiles("kk-no", []))).toBe("LEDGER_NOT_FOUND")
    })
  )

  it.effect("finds the calls whose answer names no task", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      yield* finish(opened, "SUCCEEDED")
      const { handle } = (yield* ledger.createJob(sampleJob())).job
      yield* ledger.transition(handle, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(handle, ["SENDING"], "SUCCEEDED", { lease, answer: { session_id: "7" } })
      const { jobs } = yield* ledger.list({ states: ["SUCCEEDED"], isWithoutTaskId: true })
      expect(jobs.map((job) => [job.handle, job.answer])).toEqual([[handle, '{"session_id":"7"}']])
    })
  )

  it.effect("purges only old finished jobs, and no unfetched result while Kling keeps it", () =>
    Effect.gen(function* () {
      const opened = yield* openFresh
      const { ledger } = opened
      const unknown = (yield* ledger.createJob(sampleJob())).job.handle
      yield* ledger.transition(unknown, ["INTENT"], "SENDING", { lease })
      yield* ledger.transition(unknown, ["SENDING"], "IN_DOUBT", { lease })
      yield* ledger.transition(unknown, ["IN_DOUBT"], "UNKNOWN", { lease })
      const running = yield* finish(opened, "ACCEPTED")
      const keyed = yield* finish(opened, "FETCHED", { idempotencyKey: "the same job, always" })
      const waiting = yield* finish(opened, "SUCCEEDED")
      for (const end of ["FETCHED", "FAILED", "REFUSED"] as const) yield* finish(opened, end)
      const spent = (yield* ledger.daySpend({ principal: "local", account: "account-1" })).usedUsd
      expect(yield* ledger.purgeBefore(noon + 1)).toBe(0)
      expect((yield* ledger.daySpend({ principal: "local", account: "account-1" })).usedUsd).toBe(spent)
      yield* TestClock.adjust("1 day")
      expect(yield* ledger.purgeBefore(noon)).toBe(0)
      expect(yield* ledger.purgeBefore(noon + 1)).toBe(3)
      yield* TestClock.setTime(noon + 31 * 86_400_000)
      const left = (yield* ledger.list()).jobs.map(({ handle }) => handle)
      expect(left.toSorted()).toEqual([unknown, running, keyed, waiting].toSorted())
      expect(yield* ledger.purgeBefore(noon + 1)).toBe(1)
      expect(yield* codeOf(ledger.get(waiting))).toBe("LEDGER_NOT_FOUND")
    })
  )
}
