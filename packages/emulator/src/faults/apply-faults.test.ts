import { assert, describe, it } from "@effect/vitest"
import { klingCodes } from "@klingkit/core"
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
import { KlingWorld } from "../world/kling-world.ts"
import type { Fault } from "./fault-plan.ts"

const worldWith = (...faults: ReadonlyArray<Fault>) => new KlingWorld({ faults: { faults } })

const found = (world: KlingWorld, externalId: string) =>
  Effect.map(sendRequest(world, `GET /tasks?external_task_ids=${externalId}`), ({ json }) => json.data.length)

describe("refuse", () => {
  it.effect.each(klingCodes.map(({ code, httpStatus }) => [code, httpStatus] as const))(
    "returns code %s with its status and creates nothing",
    ([code, httpStatus]) =>
      Effect.gen(function* () {
        const world = worldWith({ fault: "refuse", code })
        const { status, json } = yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
        assert.deepStrictEqual([status, json.code, json.data], [httpStatus, code, undefined])
        assert.strictEqual(yield* found(world, "mine"), 0)
        assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code, 0)
      })
  )

  it.effect("may set Retry-After and the message", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "refuse", code: 1302, retryAfter: "7", message: "slower" })
      const { headers, json } = yield* sendRequest(world, createVideoPath, { body: videoBody() })
      assert.deepStrictEqual([headers["retry-after"], json.message], ["7", "slower"])
    })
  )
})

describe("a lost response", () => {
  it.effect("drop: nothing was executed", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "drop" })
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).delivery.how, "drop")
      assert.strictEqual(yield* found(world, "mine"), 0)
    })
  )

  it.effect.each([
    ["commit-then-drop", "drop"],
    ["commit-then-rst", "reset"],
    ["commit-then-hang", "hang"],
    ["commit-then-truncate", "cut"],
    ["commit-then-502", "whole"]
  ] as const)("%s: the task exists and is charged once", ([fault, how]) =>
    Effect.gen(function* () {
      const world = worldWith({ fault })
      const { delivery } = yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
      assert.strictEqual(delivery.how, how)
      assert.strictEqual(yield* found(world, "mine"), 1)
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code, 1201)
      yield* TestClock.adjust(longEnough)
      assert.deepStrictEqual(
        (yield* charges(world)).map((charge) => charge.externalTaskId),
        ["mine"]
      )
    })
  )

  it.effect("commit-then-502 is a gateway's error page, not Kling's envelope", () =>
    Effect.gen(function* () {
      const { status, headers, text } = yield* sendRequest(worldWith({ fault: "commit-then-502" }), createVideoPath, {
        body: videoBody()
      })
      assert.strictEqual(status, 502)
      assert.include(headers["content-type"] ?? "", "text/html")
      assert.include(text, "<html>")
    })
  )
})

describe("late-commit", () => {
  it.effect("creates the task after the response was lost", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-commit", seconds: 30 })
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).delivery.how, "drop")
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* found(world, "mine"), 0)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* found(world, "mine"), 1)
    })
  )

  it.effect("collides harmlessly with a resent create when ids are unique", () =>
    Effect.gen(function* () {
      for (const uniqueness of ["enforce", "off"] as const) {
        const world = worldWith({ fault: "late-commit", seconds: 30 })
        yield* sendRequest(world, "POST /_emulator/faults", { body: { switches: { uniqueness } } })
        yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
        assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code, 0)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* charges(world)).length, uniqueness === "enforce" ? 1 : 2)
      }
    })
  )
})

describe("late-visibility", () => {
  it.effect("hides a task from every lookup, but not from duplicate detection", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-visibility", seconds: 10 })
      yield* sendRequest(world, createImagePath, { body: imageBody("mine") })
      const visibility = Effect.gen(function* () {
        const legacy = yield* sendRequest(world, "GET /v1/images/generations/mine")
        const list = yield* sendRequest(world, "GET /v1/images/generations")
        const onNew = yield* sendRequest(world, "POST /tasks", { body: {} })
        return [legacy.json.code === 0, list.json.data.length, onNew.json.data.count, yield* found(world, "mine")]
      })
      assert.deepStrictEqual(yield* visibility, [false, 0, 0, 0])
      assert.strictEqual((yield* sendRequest(world, createImagePath, { body: imageBody("mine") })).json.code, 1201)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* visibility, [true, 1, 1, 1])
    })
  )
})

it.effect("uniqueness-off accepts one duplicate", () =>
  Effect.gen(function* () {
    const world = worldWith({ fault: "uniqueness-off", nth: 2 })
    const codes = []
    for (let time = 0; time < 3; time++)
      codes.push((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code)
    assert.deepStrictEqual(codes, [0, 0, 1201])
    assert.strictEqual(yield* found(world, "mine"), 2)
  })
)

it.effect("fail ends the task as failed, with the message of the fault", () =>
  Effect.gen(function* () {
    const world = worldWith({ fault: "fail", message: "the boat sank" })
    const { task_id } = (yield* sendRequest(world, createImagePath, { body: imageBody() })).json.data
    yield* TestClock.adjust(longEnough)
    const { data } = (yield* sendRequest(world, `GET /v1/images/generations/${task_id}`)).json
    assert.deepStrictEqual([data.task_status, data.task_status_msg], ["failed", "the boat sank"])
    assert.notProperty(data, "task_result")
  })
)

it.effect("slow delays the response", () =>
  Effect.gen(function* () {
    const { delivery } = yield* sendRequest(worldWith({ fault: "slow", delayMs: 1500 }), createVideoPath, {
      body: videoBody()
    })
    assert.deepStrictEqual(delivery, { how: "whole", delayMs: 1500 })
  })
)
