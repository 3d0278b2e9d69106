import { assert, describe, it } from "@effect/vitest"
import { klingCodes } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ask, charges, film, filmPath, longEnough, picture, picturePath } from "../testing/ask.ts"
import { KlingWorld } from "../world/kling-world.ts"
import type { Fault } from "./fault-plan.ts"

const worldWith = (...faults: ReadonlyArray<Fault>) => new KlingWorld({ faults: { faults } })

const found = (world: KlingWorld, externalId: string) =>
  Effect.map(ask(world, `GET /tasks?external_task_ids=${externalId}`), ({ json }) => json.data.length)

describe("refuse", () => {
  it.effect.each(klingCodes.map(({ code, httpStatus }) => [code, httpStatus] as const))(
    "answers code %s with its status and makes nothing",
    ([code, httpStatus]) =>
      Effect.gen(function* () {
        const world = worldWith({ fault: "refuse", code })
        const { status, json } = yield* ask(world, filmPath, { body: film("mine") })
        assert.deepStrictEqual([status, json.code, json.data], [httpStatus, code, undefined])
        assert.strictEqual(yield* found(world, "mine"), 0)
        assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).json.code, 0)
      })
  )

  it.effect("may say when to come back, and in which words", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "refuse", code: 1302, retryAfter: "7", message: "slower" })
      const { headers, json } = yield* ask(world, filmPath, { body: film() })
      assert.deepStrictEqual([headers["retry-after"], json.message], ["7", "slower"])
    })
  )
})

describe("a lost answer", () => {
  it.effect("drop: nothing was done", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "drop" })
      assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).delivery.how, "drop")
      assert.strictEqual(yield* found(world, "mine"), 0)
    })
  )

  it.effect.each([
    ["commit-then-drop", "drop"],
    ["commit-then-rst", "reset"],
    ["commit-then-hang", "hang"],
    ["commit-then-truncate", "cut"],
    ["commit-then-502", "whole"]
  ] as const)("%s: the task is there, and is charged once", ([fault, how]) =>
    Effect.gen(function* () {
      const world = worldWith({ fault })
      const { delivery } = yield* ask(world, filmPath, { body: film("mine") })
      assert.strictEqual(delivery.how, how)
      assert.strictEqual(yield* found(world, "mine"), 1)
      assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).json.code, 1201)
      yield* TestClock.adjust(longEnough)
      assert.deepStrictEqual(
        (yield* charges(world)).map((charge) => charge.externalTaskId),
        ["mine"]
      )
    })
  )

  it.effect("commit-then-502 is a gateway's page, not Kling's envelope", () =>
    Effect.gen(function* () {
      const { status, headers, text } = yield* ask(worldWith({ fault: "commit-then-502" }), filmPath, { body: film() })
      assert.strictEqual(status, 502)
      assert.include(headers["content-type"] ?? "", "text/html")
      assert.include(text, "<html>")
    })
  )
})

describe("late-commit", () => {
  it.effect("brings the task into being after the answer was lost", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-commit", seconds: 30 })
      assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).delivery.how, "drop")
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* found(world, "mine"), 0)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* found(world, "mine"), 1)
    })
  )

  it.effect("collides harmlessly with a create that was sent again, where ids are unique", () =>
    Effect.gen(function* () {
      for (const uniqueness of ["enforce", "off"] as const) {
        const world = worldWith({ fault: "late-commit", seconds: 30 })
        yield* ask(world, "POST /_emulator/faults", { body: { switches: { uniqueness } } })
        yield* ask(world, filmPath, { body: film("mine") })
        assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).json.code, 0)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* charges(world)).length, uniqueness === "enforce" ? 1 : 2)
      }
    })
  )
})

describe("late-visibility", () => {
  it.effect("hides a task from every look-up, not from the guard against repeats", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-visibility", seconds: 10 })
      yield* ask(world, picturePath, { body: picture("mine") })
      const seen = Effect.gen(function* () {
        const legacy = yield* ask(world, "GET /v1/images/generations/mine")
        const list = yield* ask(world, "GET /v1/images/generations")
        const onNew = yield* ask(world, "POST /tasks", { body: {} })
        return [legacy.json.code === 0, list.json.data.length, onNew.json.data.count, yield* found(world, "mine")]
      })
      assert.deepStrictEqual(yield* seen, [false, 0, 0, 0])
      assert.strictEqual((yield* ask(world, picturePath, { body: picture("mine") })).json.code, 1201)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* seen, [true, 1, 1, 1])
    })
  )
})

it.effect("uniqueness-off lets one repeat through", () =>
  Effect.gen(function* () {
    const world = worldWith({ fault: "uniqueness-off", nth: 2 })
    const codes = []
    for (let time = 0; time < 3; time++) codes.push((yield* ask(world, filmPath, { body: film("mine") })).json.code)
    assert.deepStrictEqual(codes, [0, 0, 1201])
    assert.strictEqual(yield* found(world, "mine"), 2)
  })
)

it.effect("fail ends the task as failed, in the words of the fault", () =>
  Effect.gen(function* () {
    const world = worldWith({ fault: "fail", message: "the boat sank" })
    const { task_id } = (yield* ask(world, picturePath, { body: picture() })).json.data
    yield* TestClock.adjust(longEnough)
    const { data } = (yield* ask(world, `GET /v1/images/generations/${task_id}`)).json
    assert.deepStrictEqual([data.task_status, data.task_status_msg], ["failed", "the boat sank"])
    assert.notProperty(data, "task_result")
  })
)

it.effect("slow keeps the answer back", () =>
  Effect.gen(function* () {
    const { delivery } = yield* ask(worldWith({ fault: "slow", delayMs: 1500 }), filmPath, { body: film() })
    assert.deepStrictEqual(delivery, { how: "whole", delayMs: 1500 })
  })
)
