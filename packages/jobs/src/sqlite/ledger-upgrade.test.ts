import { describe, expect, it } from "@effect/vitest"
import { planImage, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Context, Effect, Layer, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Ledger } from "../ledger/ledger.ts"
import { noon } from "../ledger/testing/sample-job.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { fieldName, planPipeline, stepFromPlan } from "@klingkit/core/requests"
import { placeholderOf, type StepReference } from "@klingkit/core/requests"
import { programOver } from "../polling/testing/programs.ts"
import { layerSqlite } from "./sqlite-ledger.ts"
import { startJob } from "../submit/testing/start-job.ts"

const recorded = readFileSync(new URL("./fixtures/ledger-version-3.sql", import.meta.url), "utf8")

/** All jobs of the principal `local`, newest first: handle, state, task id. */
const jobsOfLocal = [
  ["kk-t2v-1kn1rgv2kn8k8tdt90g6g08tjj", "IN_DOUBT", undefined],
  ["kk-t2v-23bkht5rqqz48ca823qxrmr00h", "INTENT", undefined],
  ["kk-t2v-pepzpra9g2yw50sdkg4bksrrtp", "RUNNING", "893605946408138957"],
  ["kk-i2v-yn9ear2wk13r0836jewraf3061", "REFUSED", undefined],
  ["kk-img-m0hct53rm8c6mrjjh3t49yqrgd", "SUCCEEDED", "893605946407455293"],
  ["kk-t2v-cba49ckc90z4kd056xxmtsh399", "UNKNOWN", undefined],
  ["kk-t2v-b5a0fhwdfzwdgdcss1cxxe5bhy", "REFUSED", undefined],
  ["kk-t2v-1pw0tfqdn8n55v36f0tzn5512n", "FAILED", "893605946404281115"],
  ["kk-t2v-a7b9cav89xz7y289g4j47jk6zy", "SUCCEEDED", "893605946402527453"],
  ["kk-img-0sa5mx3t2q0qzrhvz4vj7m1q36", "FETCHED", "893605946401627077"]
] as const
const [, orphaned, running] = jobsOfLocal.map(([handle]) => handle)
const still = jobsOfLocal[4][0]
const fetched = jobsOfLocal[9][0]
const pipeline = "kk-chain-1ym8sx73681ywtywv481qp36px"
const approval = "Ftuz1iAK8Q2r9CA3QM0USquZ7Uw9y2ig"

/** A new program on a copy of the recorded ledger, three minutes after the last entry, and a Kling without its tasks. */
const upgrade = Effect.gen(function* () {
  yield* TestClock.setTime(noon + 6 * 60_000)
  const path = join(yield* temporaryFolder("klingkit-upgrade-"), "ledger.db")
  const database = new DatabaseSync(path)
  database.exec(recorded)
  database.close()
  const world = new KlingWorld({ speed: 1 })
  const ledger = Context.get(yield* Layer.build(layerSqlite(path)), Ledger)
  return { ...(yield* programOver(world, ledger)), world, path }
})

const settle = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.map(inVirtualTime(work), Result.getOrThrow)

const planKeeper = Effect.gen(function* () {
  const image: StepReference = { output: "image", step: "still" }
  const video = yield* planVideo({ prompt: "he looks up", image: String(placeholderOf(image)) }, "api-key")
  return yield* planPipeline("keeper", [
    stepFromPlan("still", yield* planImage({ prompt: "a lighthouse keeper" }), []),
    stepFromPlan("clip", video, [image])
  ])
})

describe("a ledger of version 3", () => {
  it.effect("keeps every job with its timestamps, files and queue key", () =>
    Effect.gen(function* () {
      const { ledger, kling } = yield* upgrade
      const { jobs, quarantined } = yield* ledger.list({ limit: 100 })
      expect(quarantined).toEqual([])
      expect(jobs.map(({ handle, state, taskId }) => [handle, state, taskId])).toEqual(jobsOfLocal)
      expect((yield* ledger.list({ principal: "anna" })).jobs.map(({ state }) => state)).toEqual(["ACCEPTED"])
      expect(yield* ledger.get("893605946401627077")).toMatchObject({
        handle: fetched,
        spentUsd: 0.028,
        charges: [{ kind: "unit", amount: 8, pack: "image" }],
        files: [{ path: "/home/anna/Pictures/lighthouse.png", bytes: 48_213 }],
        queueKey: "kling-3.0 image",
        expectedSeconds: 20,
        polledAt: noon + 16_500
      })
      expect(yield* ledger.get(running ?? "")).toMatchObject({ callbackReceivedAt: noon + 160_400 })
      expect(yield* ledger.get(orphaned ?? "")).toMatchObject({ acknowledgedAt: noon + 157_000 })
      const queue = yield* ledger.queue(kling.account, "kling-3.0 video")
      expect(queue.running.map(({ expectedSeconds }) => expectedSeconds)).toEqual([50, 50])
      expect((yield* ledger.daySpend({ principal: "local", account: kling.account })).usedUsd).toBe(2.604)
    })
  )

  it.effect("is decoded without losing a field of its quotes, results, charges, files and steps", () =>
    Effect.gen(function* () {
      const { ledger, path } = yield* upgrade
      const local = (yield* ledger.list({ limit: 100 })).jobs
      const annas = (yield* ledger.list({ principal: "anna" })).jobs
      const pipelines = yield* ledger.pipelines.list({ principal: "local" })
      const database = new DatabaseSync(path)
      const stored = (table: string, handle: string) =>
        database.prepare(`SELECT * FROM ${table} WHERE handle = ?`).get(handle) ?? {}
      for (const { handle, quote, outputs, charges, files } of [...local, ...annas]) {
        const row = stored("klingkit_jobs", handle)
        const columns = ["quote", "outputs", "charges", "files"].map((name): unknown => JSON.parse(String(row[name])))
        expect([quote, outputs, charges, files]).toEqual(columns)
      }
      for (const { handle, quote, steps } of pipelines) {
        const row = stored("klingkit_pipelines", handle)
        expect([quote, steps]).toEqual([row["quote"], row["steps"]].map((text): unknown => JSON.parse(String(text))))
      }
      database.close()
      expect([local.length, annas.length, pipelines.length]).toEqual([10, 1, 1])
    })
  )

  it.effect("says of a job what to make instead of repeating it, as its settings were not kept", () =>
    Effect.gen(function* () {
      const { jobs } = yield* upgrade
      const video = yield* settle(Effect.flip(jobs.planRepeat(running ?? "", {}, fieldName)))
      expect(video.reason).toMatchObject({ _tag: "NotRepeatable", why: "version", request: "generate_video" })
      const whole = yield* settle(Effect.flip(jobs.planRepeat(pipeline, {}, fieldName)))
      expect([whole.reason, whole.suggestion]).toEqual([
        { _tag: "NotRepeatable", taskId: pipeline, why: "pipeline" },
        expect.stringContaining("edit its file and run it again")
      ])
      const step = yield* settle(Effect.flip(jobs.planRepeat(still, {}, fieldName)))
      expect(step.reason).toMatchObject({ _tag: "NotRepeatable", why: "step", pipeline })
    })
  )

  it.effect("finds its jobs by key, fingerprint and approval, and pays nothing twice", () =>
    Effect.gen(function* () {
      const { jobs, ledger, world } = yield* upgrade
      const lighthouse = yield* planImage({ prompt: "a lighthouse" })
      const keyed = yield* settle(startJob(jobs, lighthouse, { idempotencyKey: "lighthouse-1" }))
      expect(keyed).toMatchObject({ handle: fetched, isDuplicate: true })
      const other = yield* Effect.flip(
        startJob(jobs, yield* planImage({ prompt: "x" }), { idempotencyKey: "lighthouse-1" })
      )
      expect(other.reason).toEqual({ _tag: "IdempotencyMismatch", handle: fetched })
      const lost = yield* settle(startJob(jobs, yield* planVideo({ prompt: "a lost one" }, "api-key")))
      expect(lost.handle).toBe(jobsOfLocal[5][0])
      expect(world.state.tasks.byExternalId(lost.handle)).toEqual([])
      const approved = yield* planVideo({ prompt: "an approved one" }, "api-key")
      const submitted = yield* settle(startJob(jobs, approved, { approval }))
      expect(world.state.tasks.byExternalId(submitted.handle)).toHaveLength(1)
      const again = startJob(jobs, approved, { approval, allowDuplicate: true })
      expect((yield* Effect.flip(again)).code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledger.list({ search: "an approved one" })).jobs).toHaveLength(1)
    })
  )

  it.effect("finds its jobs under a rotated key, by what it has learned under the old one", () =>
    Effect.gen(function* () {
      const { jobs, ledger, world } = yield* upgrade
      const lighthouse = yield* planImage({ prompt: "a lighthouse" })
      yield* settle(startJob(jobs, lighthouse, { idempotencyKey: "lighthouse-1" }))
      const rotated = yield* programOver(world, ledger, { apiKey: world.state.rotateKey(true) })
      const keyed = yield* settle(startJob(rotated.jobs, lighthouse, { idempotencyKey: "lighthouse-1" }))
      expect(keyed).toMatchObject({ handle: fetched, isDuplicate: true })
      yield* settle(rotated.recovery.run)
      yield* settle(Effect.sleep("2 minutes"))
      expect(yield* ledger.get(orphaned ?? "")).toMatchObject({ state: "ACCEPTED", sends: 1 })
    })
  )

  it.effect("asks whose a key is that was rotated before the upgrade, and finds its jobs once they are linked", () =>
    Effect.gen(function* () {
      const { ledger, world } = yield* upgrade
      const rotated = yield* programOver(world, ledger, { apiKey: world.state.rotateKey(true) })
      const lighthouse = yield* planImage({ prompt: "a lighthouse" })
      const again = startJob(rotated.jobs, lighthouse, { idempotencyKey: "lighthouse-1" })
      expect((yield* settle(Effect.flip(again))).reason).toEqual({ _tag: "AccountUnknown", handle: fetched, by: "key" })
      const keeper = startJob(rotated.jobs, yield* planKeeper, { idempotencyKey: "keeper-1" })
      expect((yield* settle(Effect.flip(keeper))).reason).toMatchObject({ _tag: "AccountUnknown", handle: pipeline })
      yield* settle(rotated.account.link(pipeline))
      expect(yield* settle(again)).toMatchObject({ handle: fetched, isDuplicate: true })
      expect((yield* settle(keeper)).handle).toBe(pipeline)
    })
  )

  it.effect("recovers an orphaned request, once", () =>
    Effect.gen(function* () {
      const { recovery, ledger, world } = yield* upgrade
      yield* settle(recovery.run)
      yield* settle(Effect.sleep("2 minutes"))
      expect(yield* ledger.get(orphaned ?? "")).toMatchObject({ state: "ACCEPTED", sends: 1 })
      expect(world.state.tasks.byExternalId(orphaned ?? "")).toHaveLength(1)
      yield* settle(recovery.run)
      expect(world.state.tasks.byExternalId(orphaned ?? "")).toHaveLength(1)
    })
  )

  it.effect("resumes its pipeline without paying a finished step again", () =>
    Effect.gen(function* () {
      const { jobs, ledger, world } = yield* upgrade
      expect(yield* settle(jobs.status(pipeline))).toMatchObject({ handle: pipeline, task: { status: "failed" } })
      expect((yield* ledger.pipelines.jobs(pipeline)).map(({ step }) => step)).toEqual(["still", "clip"])
      const asNow = { idempotencyKey: "keeper-1", reuseSteps: true, retryFailed: false }
      const { handle } = yield* settle(startJob(jobs, yield* planKeeper, asNow))
      expect(handle).toBe(pipeline)
      const ended = yield* settle(Effect.map(Stream.runLast(jobs.follow(pipeline)), Option.getOrThrow))
      expect(ended.task).toMatchObject({ status: "succeed", outputs: [{ type: "video" }, { type: "image" }] })
      const steps = (yield* ledger.pipelines.jobs(pipeline)).map(({ step, state }) => [step, state])
      expect(steps).toEqual([
        ["still", "SUCCEEDED"],
        ["clip", "REFUSED"],
        ["clip", "SUCCEEDED"]
      ])
      expect(world.state.tasks.byExternalId(still)).toEqual([])
    })
  )

  it.effect("has no old name left in its tables, and all of its indexes", () =>
    Effect.gen(function* () {
      const { path } = yield* upgrade
      const created = join(yield* temporaryFolder("klingkit-new-"), "ledger.db")
      yield* Layer.build(layerSqlite(created))
      const namesIn = (file: string) => {
        const database = new DatabaseSync(file)
        const query = `SELECT m.name AS owner, c.name FROM sqlite_master m, pragma_table_xinfo(m.name) c
          UNION SELECT tbl_name, name FROM sqlite_master ORDER BY 1, 2`
        const rows = database.prepare(query).all()
        database.close()
        return rows.map((row) => `${String(row["owner"])}.${String(row["name"])}`)
      }
      const names = namesIn(path)
      expect(names).toEqual(namesIn(created))
      expect(names.filter((name) => /chain|lane|look|called|promise|usual|repeat\b/.test(name))).toEqual([])
    })
  )
})
