import { describe, expect, it } from "@effect/vitest"
import {
  type CredentialKind,
  operations,
  planImage,
  planOperation,
  planVideo,
  type TaskOperation,
  type VideoRequest
} from "@klingkit/core"
import { controlMotion, planPipeline, stepFromPlan } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Context, Effect, Layer, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { join } from "node:path"
import type { RunOptions } from "../jobs.ts"
import { Ledger } from "../ledger/ledger.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { type Program, programOver } from "../polling/testing/programs.ts"
import { layerSqlite } from "../sqlite/sqlite-ledger.ts"
import { startJob } from "../submit/testing/start-job.ts"

const settle = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.map(inVirtualTime(work), Result.getOrThrow)
const newLedger = Effect.gen(function* () {
  const path = join(yield* temporaryFolder("klingkit-accounts-"), "ledger.db")
  return Context.get(yield* Layer.build(layerSqlite(path)), Ledger)
})

/** Kling does not say which packs the account has. */
const withoutPacks = (world: KlingWorld) =>
  world.state.plan({ faults: [{ fault: "refuse", code: 1103, on: "account.costs", count: "always" }] })

const costsReads = (world: KlingWorld) =>
  world.state.requests.rows.filter(({ path }) => path === "/account/costs").length

/** Two images under one handle. */
const twoImages = Effect.gen(function* () {
  const first = yield* planImage({ prompt: "a lighthouse keeper" })
  const second = yield* planImage({ prompt: "he looks up" })
  return yield* planPipeline("keeper", [stepFromPlan("first", first, []), stepFromPlan("second", second, [])])
})

/** What a user asks for again: each with the request it is, and how it is asked for. */
const requests = Effect.gen(function* () {
  const video = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
  return [
    { plan: video, options: {} },
    { plan: video, options: { idempotencyKey: "order-7", take: 2 } },
    { plan: yield* planOperation(operations["legacy.tts"], operations["legacy.tts"].example), options: {} },
    // As a line of a batch is keyed, and a pipeline.
    {
      plan: yield* planImage({ prompt: "a line" }),
      options: { idempotencyKey: "batch 1", dedupeBy: { prompt: "a line" } }
    },
    { plan: yield* twoImages, options: {} }
  ]
})

/** Asks for all of them, and returns their handles in order. */
const askForAll = Effect.fnUntraced(function* ({ jobs }: Program) {
  const handles: Array<string | undefined> = []
  for (const { plan, options } of yield* requests) {
    const { job } = yield* settle(jobs.run(plan, options as RunOptions))
    handles.push(job?.handle)
    // A pipeline runs until its last step is sent.
    if (job?.pipeline !== undefined) yield* settle(Stream.runDrain(jobs.follow(job.handle)))
  }
  return handles
})

describe("a rotated key", () => {
  it.effect(
    "finds what was asked for under the earlier one: running, keyed, answered, a batch's line, a pipeline",
    () =>
      Effect.gen(function* () {
        const world = new KlingWorld({ speed: 1 })
        const ledger = yield* newLedger
        const first = yield* askForAll(yield* programOver(world, ledger))
        const paid = world.state.tasks.size
        const apiKey = world.state.rotateKey(true)
        const rotated = yield* programOver(world, ledger, { apiKey })
        expect(yield* askForAll(rotated)).toEqual(first)
        expect(world.state.tasks.size).toBe(paid)
        // Each credential was asked once for what identifies its account.
        expect(costsReads(world)).toBe(2)
      })
  )

  it.effect("is of one account with its key pair", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const ledger = yield* newLedger
      const plan = yield* planImage({ prompt: "a lighthouse" })
      const [one, other] = [
        yield* programOver(world, ledger),
        yield* programOver(world, ledger, { credential: "key-pair" })
      ]
      const { handle } = yield* settle(startJob(one.jobs, plan))
      expect(yield* settle(startJob(other.jobs, plan))).toMatchObject({ handle, isDuplicate: true })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect.each([["api-key", "key-pair"] as const, ["key-pair", "api-key"] as const])(
    "finds with the other kind of credential what has another path there: %s, then %s",
    ([kind, otherKind]) =>
      Effect.gen(function* () {
        const world = new KlingWorld({ speed: 1 })
        const ledger = yield* newLedger
        const one = yield* programOver(world, ledger, { credential: kind })
        const other = yield* programOver(world, ledger, { credential: otherKind })
        const videos: ReadonlyArray<readonly [VideoRequest, RunOptions]> = [
          [{ prompt: "a lighthouse" }, {}],
          [{ prompt: "a lighthouse", durationSeconds: 10, resolution: "1080p", audio: "native" }, { take: 2 }],
          [{ prompt: "a lighthouse", image: "https://example.com/a.png" }, {}],
          [{ prompt: "a keeper" }, { idempotencyKey: "order-7" }]
        ]
        for (const [request, options] of videos) {
          const [plan, otherPlan] = [yield* planVideo(request, kind), yield* planVideo(request, otherKind)]
          expect(plan.operation.id).not.toBe(otherPlan.operation.id)
          const { handle } = yield* settle(startJob(one.jobs, plan, options))
          const paid = world.state.tasks.size
          expect(yield* settle(startJob(other.jobs, otherPlan, options))).toMatchObject({ handle, isDuplicate: true })
          expect(world.state.tasks.size).toBe(paid)
        }
        const changed = yield* planVideo({ prompt: "a lighthouse", durationSeconds: 10 }, otherKind)
        const paid = world.state.tasks.size
        yield* settle(startJob(other.jobs, changed))
        expect(world.state.tasks.size).toBe(paid + 1)
      })
  )

  it.effect.each([["api-key", "key-pair"] as const, ["key-pair", "api-key"] as const])(
    "finds with the other kind of credential the steps of a pipeline, and motion control: %s, then %s",
    ([kind, otherKind]) =>
      Effect.gen(function* () {
        const world = new KlingWorld({ speed: 1 })
        const ledger = yield* newLedger
        const one = yield* programOver(world, ledger, { credential: kind })
        const other = yield* programOver(world, ledger, { credential: otherKind })
        const pipelineWith = (credential: CredentialKind, second: string) =>
          Effect.gen(function* () {
            const shots = yield* Effect.forEach(["a lighthouse", second], (prompt) => planVideo({ prompt }, credential))
            return yield* planPipeline(
              "two shots",
              shots.map((shot, index) => stepFromPlan(`shot-${index}`, shot, []))
            )
          })
        const motion = { image: "https://example.com/a.png", video: "https://example.com/a.mp4" }
        const runBoth = ({ jobs }: Program, credential: CredentialKind, second: string) =>
          Effect.gen(function* () {
            const { handle } = yield* settle(
              startJob(jobs, yield* pipelineWith(credential, second), { reuseSteps: true })
            )
            yield* settle(Stream.runDrain(jobs.follow(handle)))
            yield* settle(startJob(jobs, yield* settle(jobs.plan(controlMotion, motion, (_, field) => field))))
            return world.state.tasks.size
          })
        expect(yield* runBoth(one, kind, "a harbour")).toBe(3)
        expect(yield* runBoth(other, otherKind, "a harbour")).toBe(3)
        expect(yield* runBoth(other, otherKind, "a pier")).toBe(4)
      })
  )

  it.effect("says at once that its key pair cannot see the task of a newer path", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const ledger = yield* newLedger
      const one = yield* programOver(world, ledger)
      const other = yield* programOver(world, ledger, { credential: "key-pair" })
      const { handle } = yield* settle(startJob(one.jobs, yield* planVideo({ prompt: "a lighthouse" }, "api-key")))
      yield* settle(Effect.sleep("1 minute"))
      const error = yield* settle(Effect.flip(Stream.runDrain(other.jobs.follow(handle))))
      expect([error.code, error.wasCharged]).toEqual(["KLING_TASK_NOT_VISIBLE", "maybe"])
      expect(error.message).toMatch(/^Kling accepted task kk-t2v-\w{26} at .*, but shows it to an API key only$/)
      yield* settle(Stream.runDrain(one.jobs.follow(handle)))
      expect(yield* settle(other.jobs.status(handle))).toMatchObject({ task: { status: "succeed" } })
    })
  )

  it.effect("adopts the task of a send whose answer was lost under the earlier one", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const ledger = yield* newLedger
      const { kling, jobs } = yield* programOver(world, ledger)
      // What the ledger learns of the account with an earlier job.
      yield* settle(startJob(jobs, yield* planImage({ prompt: "before" })))
      const { operation, input } = yield* planVideo({ prompt: "lost" }, "api-key")
      const { job } = yield* ledger.createJob(sampleJob({ account: kling.account, input }))
      if (job.lease === undefined) return expect.fail("no lease")
      yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease: job.lease })
      yield* settle(kling.submit(operation as TaskOperation, input, { externalTaskId: job.handle }))
      const apiKey = world.state.rotateKey(true)
      yield* settle(Effect.sleep("1 minute"))
      const rotated = yield* programOver(world, ledger, { apiKey })
      yield* settle(rotated.recovery.run)
      expect(yield* ledger.get(job.handle)).toMatchObject({ state: "ACCEPTED", sends: 1 })
      expect(world.state.tasks.byExternalId(job.handle)).toHaveLength(1)
    })
  )

  it.effect("is recognized by the name that the user gave the account, where Kling names no packs", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      withoutPacks(world)
      const ledger = yield* newLedger
      const first = yield* askForAll(yield* programOver(world, ledger, { account: "studio" }))
      const paid = world.state.tasks.size
      const apiKey = world.state.rotateKey(true)
      expect(yield* askForAll(yield* programOver(world, ledger, { apiKey, account: "Studio" }))).toEqual(first)
      expect(world.state.tasks.size).toBe(paid)
    })
  )
})

describe("a credential of another account", () => {
  it.effect("pays for itself", () =>
    Effect.gen(function* () {
      const [one, other] = [new KlingWorld({ speed: 1 }), new KlingWorld({ speed: 1, seed: 2 })]
      const ledger = yield* newLedger
      yield* askForAll(yield* programOver(one, ledger))
      yield* askForAll(yield* programOver(other, ledger))
      expect(other.state.tasks.size).toBe(one.state.tasks.size)
      expect(one.state.tasks.size).toBeGreaterThan(4)
    })
  )
})

describe("a credential of which it is not known whether it is of the account", () => {
  const setting = Effect.gen(function* () {
    const world = new KlingWorld({ speed: 1 })
    const ledger = yield* newLedger
    const first = yield* askForAll(yield* programOver(world, ledger))
    withoutPacks(world)
    const paid = world.state.tasks.size
    const apiKey = world.state.rotateKey(false)
    return { world, ledger, first, paid, apiKey, unknown: yield* programOver(world, ledger, { apiKey }) }
  })

  it.effect("is asked about, and pays for none of it", () =>
    Effect.gen(function* () {
      const { world, first, paid, unknown } = yield* setting
      const all = yield* requests
      for (const [index, { plan, options }] of all.entries()) {
        const refused = yield* settle(Effect.flip(unknown.jobs.run(plan, options as RunOptions)))
        const by = "idempotencyKey" in options ? "key" : "request"
        expect(refused).toMatchObject({ code: "LEDGER_ACCOUNT_UNKNOWN", wasCharged: "no", reason: { by } })
        // A call has no handle here; the steps of the pipeline are found by it.
        if (first[index] !== undefined) expect(refused.reason).toMatchObject({ handle: first[index] })
      }
      expect(world.state.tasks.size).toBe(paid)
    })
  )

  it.effect("is asked about another take as well, while the last one that was asked for has not ended", () =>
    Effect.gen(function* () {
      const { world, ledger, unknown } = yield* setting
      const another = { allowDuplicate: true }
      const plan = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
      const { handle } = yield* settle(startJob((yield* programOver(world, ledger)).jobs, plan, another))
      const paid = world.state.tasks.size
      const refused = yield* settle(Effect.flip(unknown.jobs.run(plan, another)))
      expect(refused).toMatchObject({ code: "LEDGER_ACCOUNT_UNKNOWN", reason: { by: "request", handle } })
      expect(world.state.tasks.size).toBe(paid)
    })
  )

  it.effect("finds all of it once the user says that it is", () =>
    Effect.gen(function* () {
      const { world, first, paid, unknown } = yield* setting
      yield* settle(unknown.account.link(first[0] ?? ""))
      expect(yield* askForAll(unknown)).toEqual(first)
      expect(world.state.tasks.size).toBe(paid)
    })
  )

  it.effect("pays once the user says that it is not", () =>
    Effect.gen(function* () {
      const { world, first, paid, unknown } = yield* setting
      yield* unknown.account.name("client")
      yield* unknown.account.name("studio", first.at(-1))
      expect(yield* settle(startJob(unknown.jobs, (yield* requests)[0]?.plan ?? expect.fail()))).toMatchObject({
        task: { status: "submitted" }
      })
      expect(world.state.tasks.size).toBe(paid + 1)
    })
  )

  it.effect("asks nothing of a request that was not made before", () =>
    Effect.gen(function* () {
      const { world, paid, unknown } = yield* setting
      yield* settle(startJob(unknown.jobs, yield* planImage({ prompt: "something else" })))
      expect(world.state.tasks.size).toBe(paid + 1)
    })
  )
})

describe("a ledger with one credential", () => {
  it.effect("asks Kling only once a job is recorded, and once an hour where it names no packs", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      withoutPacks(world)
      const ledger = yield* newLedger
      const plan = yield* planImage({ prompt: "a lighthouse" })
      const idle = yield* programOver(world, ledger)
      yield* settle(idle.recovery.run)
      expect(costsReads(world)).toBe(0)
      for (let take = 1; take <= 3; take++) {
        yield* settle(startJob((yield* programOver(world, ledger)).jobs, plan, { take }))
      }
      expect(costsReads(world)).toBe(1)
      yield* TestClock.adjust("61 minutes")
      yield* settle(startJob((yield* programOver(world, ledger)).jobs, plan, { take: 4 }))
      // In the background.
      yield* settle(Effect.sleep("1 second"))
      expect(costsReads(world)).toBe(2)
    })
  )
})
