import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  sendRequest,
  charges,
  videoBody,
  createVideoPath,
  longEnough,
  imageBody,
  createImagePath
} from "../testing/send-request.ts"
import { KlingWorld } from "./kling-world.ts"

const costs = (world: KlingWorld) =>
  Effect.map(
    sendRequest(world, "GET /account/costs?start_time=0&end_time=1"),
    ({ json }) => json.data.resource_pack_subscribe_infos
  )

const codesOf = (world: KlingWorld, line: string, bodies: ReadonlyArray<unknown>) =>
  Effect.forEach(bodies, (body) =>
    Effect.map(sendRequest(world, line, { body }), ({ status, json }) => [status, json.code])
  )

const busy = [429, 1303]
const fine = [200, 0]

describe("slots", () => {
  it.effect("of a video model are five, and each is occupied until its task ends", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const six = yield* codesOf(world, createVideoPath, Array(6).fill(videoBody()))
      assert.deepStrictEqual(six, [fine, fine, fine, fine, fine, busy])
      assert.notProperty((yield* sendRequest(world, createVideoPath, { body: videoBody() })).json, "data")
      yield* TestClock.adjust(longEnough)
      assert.deepStrictEqual(yield* codesOf(world, createVideoPath, [videoBody()]), [fine])
    })
  )

  it.effect("are counted per model version, under any of its names", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* codesOf(world, createVideoPath, Array(5).fill(videoBody()))
      const legacy = { model_name: "kling-v3", prompt: "x" }
      assert.deepStrictEqual(yield* codesOf(world, "POST /v1/videos/text2video", [legacy]), [busy])
      const another = { model_name: "kling-v2-6", prompt: "x" }
      assert.deepStrictEqual(yield* codesOf(world, "POST /v1/videos/text2video", [another]), [fine])
    })
  )

  it.effect("of images are one per image", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const codes = yield* codesOf(world, createImagePath, [
        imageBody("", 6),
        imageBody("", 4),
        imageBody("", 3),
        imageBody()
      ])
      assert.deepStrictEqual(codes, [fine, busy, fine, busy])
    })
  )

  it.effect("appear in the name of the pack", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { packs: { video: { concurrency: 20 } } } })
      const names = (yield* costs(world)).map((pack: { resource_pack_name: string }) => pack.resource_pack_name)
      assert.match(names[0], /\b20Con$/)
    })
  )
})

describe("units", () => {
  it.effect("are deducted once when the task succeeds, and the ledger matches the pack", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const remaining = Effect.map(costs(world), ([video]) => video.remaining_quantity)
      const before = yield* remaining
      const id = (yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.data.id
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual([yield* remaining, yield* charges(world)], [before, []])
      assert.deepStrictEqual((yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data[0].billing, [])
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
      const [task] = (yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data
      assert.deepStrictEqual(task.billing, [{ charge_type: "unit", amount: "3", package_type: "video" }])
    })
  )

  it.effect("of an empty pack reject a create; other packs keep working", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { packs: { video: { units: 5 } } } })
      const codes = yield* codesOf(world, createVideoPath, [videoBody(), videoBody()])
      assert.deepStrictEqual(codes, [fine, [429, 1102]])
      assert.deepStrictEqual(yield* codesOf(world, createImagePath, [imageBody()]), [fine])
      yield* TestClock.adjust(longEnough)
      assert.strictEqual((yield* costs(world))[0].remaining_quantity, 2)
    })
  )

  it.effect.each([
    ["audio of 2 s at a lip-sync rate", "POST /v1/audio/text-to-audio", { prompt: "rain", duration: 3 }, 0.25],
    ["three images", createImagePath, imageBody("", 3), 24],
    [
      "an avatar of 5 s",
      "POST /v1/videos/avatar/image2video",
      { image: "https://a.b/c.png", sound_file: "https://a.b/c.mp3" },
      2
    ],
    [
      "a video edited by omni",
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
      yield* sendRequest(world, line, { body })
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
      yield* codesOf(world, createVideoPath, [videoBody("a"), videoBody("b"), videoBody("c")])
      yield* TestClock.adjust(longEnough)
      const page = (body: object) => sendRequest(world, "POST /account/billing/package", { body })
      const first = (yield* page({ start_time: 0, end_time: 1e13, limit: 2 })).json.data
      const second = (yield* page({ cursor: first.next_cursor })).json.data
      const ids = new Set([...first.result.detail, ...second.result.detail].map((line) => line.external_task_id))
      assert.deepStrictEqual([ids, first.has_more, second.has_more], [new Set(["a", "b", "c"]), true, false])
    })
  )
})

describe("GET /account/costs", () => {
  it.effect("requires its period", () =>
    Effect.gen(function* () {
      const { status, json } = yield* sendRequest(new KlingWorld(), "GET /account/costs")
      assert.deepStrictEqual([status, json.code], [400, 1201])
      assert.include(json.message, "start_time")
    })
  )

  it.effect("responds once a second when the switch says so", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { costsOncePerSecond: true } } })
      const code = Effect.map(sendRequest(world, "GET /account/costs?start_time=0&end_time=1"), ({ json }) => json.code)
      assert.deepStrictEqual([yield* code, yield* code], [0, 1302])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* code, 0)
    })
  )
})
