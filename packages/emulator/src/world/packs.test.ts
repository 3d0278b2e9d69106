import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ask, charges, film, filmPath, longEnough, picture, picturePath } from "../testing/ask.ts"
import { KlingWorld } from "./kling-world.ts"

const costs = (world: KlingWorld) =>
  Effect.map(
    ask(world, "GET /account/costs?start_time=0&end_time=1"),
    ({ json }) => json.data.resource_pack_subscribe_infos
  )

const codesOf = (world: KlingWorld, line: string, bodies: ReadonlyArray<unknown>) =>
  Effect.forEach(bodies, (body) => Effect.map(ask(world, line, { body }), ({ status, json }) => [status, json.code]))

const busy = [429, 1303]
const fine = [200, 0]

describe("slots", () => {
  it.effect("of a video model are five, and each is held until its task ends", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const six = yield* codesOf(world, filmPath, Array(6).fill(film()))
      assert.deepStrictEqual(six, [fine, fine, fine, fine, fine, busy])
      assert.notProperty((yield* ask(world, filmPath, { body: film() })).json, "data")
      yield* TestClock.adjust(longEnough)
      assert.deepStrictEqual(yield* codesOf(world, filmPath, [film()]), [fine])
    })
  )

  it.effect("are counted by model version, by whichever name it is asked for", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* codesOf(world, filmPath, Array(5).fill(film()))
      const legacy = { model_name: "kling-v3", prompt: "x" }
      assert.deepStrictEqual(yield* codesOf(world, "POST /v1/videos/text2video", [legacy]), [busy])
      const another = { model_name: "kling-v2-6", prompt: "x" }
      assert.deepStrictEqual(yield* codesOf(world, "POST /v1/videos/text2video", [another]), [fine])
    })
  )

  it.effect("of images go one to a picture", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const codes = yield* codesOf(world, picturePath, [picture("", 6), picture("", 4), picture("", 3), picture()])
      assert.deepStrictEqual(codes, [fine, busy, fine, busy])
    })
  )

  it.effect("can be read in the name of the pack", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { packs: { video: { concurrency: 20 } } } })
      const names = (yield* costs(world)).map((pack: { resource_pack_name: string }) => pack.resource_pack_name)
      assert.match(names[0], /\b20Con$/)
    })
  )
})

describe("units", () => {
  it.effect("move when the task succeeds, once, and the ledger agrees with the pack", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const remaining = Effect.map(costs(world), ([video]) => video.remaining_quantity)
      const before = yield* remaining
      const id = (yield* ask(world, filmPath, { body: film("mine") })).json.data.id
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual([yield* remaining, yield* charges(world)], [before, []])
      assert.deepStrictEqual((yield* ask(world, `GET /tasks?task_ids=${id}`)).json.data[0].billing, [])
      yield* TestClock.adjust("1 hour")
      const [charge, ...more] = yield* charges(world)
      assert.deepStrictEqual(more, [])
      const { at, ...rest } = charge
      assert.deepStrictEqual(rest, {
        taskId: id,
        externalTaskId: "mine",
        operation: "new.t2v.kling-3.0",
        units: 3,
        usd: 0.42
      })
      assert.isTrue(at > 10_000 && at < 3_600_000)
      assert.strictEqual(before - (yield* remaining), 3)
      const [task] = (yield* ask(world, `GET /tasks?task_ids=${id}`)).json.data
      assert.deepStrictEqual(task.billing, [{ charge_type: "unit", amount: "3", package_type: "video" }])
    })
  )

  it.effect("of an empty pack refuse a create; other packs go on", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { packs: { video: { units: 5 } } } })
      const codes = yield* codesOf(world, filmPath, [film(), film()])
      assert.deepStrictEqual(codes, [fine, [429, 1102]])
      assert.deepStrictEqual(yield* codesOf(world, picturePath, [picture()]), [fine])
      yield* TestClock.adjust(longEnough)
      assert.strictEqual((yield* costs(world))[0].remaining_quantity, 2)
    })
  )

  it.effect.each([
    ["a sound of 2 s at a lip-sync rate", "POST /v1/audio/text-to-audio", { prompt: "rain", duration: 3 }, 0.25],
    ["three images", picturePath, picture("", 3), 24],
    [
      "an avatar of 5 s",
      "POST /v1/videos/avatar/image2video",
      { image: "https://a.b/c.png", sound_file: "https://a.b/c.mp3" },
      2
    ],
    [
      "a clip edited by omni",
      "POST /omni-video/kling-o1",
      {
        contents: [
          { type: "prompt", text: "blue" },
          { type: "base_video", url: "https://a.b/c.mp4", id: "c" }
        ]
      },
      4.5
    ]
  ] as const)("of %s follow the price table", ([, line, body, units]) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* ask(world, line, { body })
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(
        (yield* charges(world)).map((charge) => charge.units),
        [units]
      )
    })
  )

  it.effect("are listed in the billing ledger, page by page", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* codesOf(world, filmPath, [film("a"), film("b"), film("c")])
      yield* TestClock.adjust(longEnough)
      const page = (body: object) => ask(world, "POST /account/billing/package", { body })
      const first = (yield* page({ start_time: 0, end_time: 1e13, limit: 2 })).json.data
      const second = (yield* page({ cursor: first.next_cursor })).json.data
      const ids = new Set([...first.result.detail, ...second.result.detail].map((line) => line.external_task_id))
      assert.deepStrictEqual([ids, first.has_more, second.has_more], [new Set(["a", "b", "c"]), true, false])
    })
  )
})

describe("GET /account/costs", () => {
  it.effect("wants its period", () =>
    Effect.gen(function* () {
      const { status, json } = yield* ask(new KlingWorld(), "GET /account/costs")
      assert.deepStrictEqual([status, json.code], [400, 1201])
      assert.include(json.message, "start_time")
    })
  )

  it.effect("answers once a second where the switch says so", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { costsOncePerSecond: true } } })
      const code = Effect.map(ask(world, "GET /account/costs?start_time=0&end_time=1"), ({ json }) => json.code)
      assert.deepStrictEqual([yield* code, yield* code], [0, 1302])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* code, 0)
    })
  )
})
