import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Fault } from "../faults/fault-plan.ts"
import { type SwitchSettings } from "../faults/switches.ts"
import { createImagePath, createVideoPath, imageBody, sendRequest, videoBody } from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"

const worldWith = (switches: Partial<SwitchSettings>, faults: ReadonlyArray<Fault> = []) =>
  new KlingWorld({ faults: { switches, faults } })

const found = (world: KlingWorld, query: string) =>
  Effect.map(sendRequest(world, `GET /tasks?${query}`), ({ json }) => json.data.length as number)

describe("external ids", () => {
  it.effect.each([
    worldWith({ externalIds: "ignore" }),
    worldWith({}, [{ fault: "external-id-ignored", count: "always" }])
  ])("ignored: a repeat makes a second task, and neither is found by the id", (world) =>
    Effect.gen(function* () {
      for (let sent = 0; sent < 2; sent++) {
        assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code, 0)
      }
      assert.strictEqual(world.state.tasks.size, 2)
      assert.strictEqual(yield* found(world, "external_task_ids=mine"), 0)
      const legacy = yield* sendRequest(world, createImagePath, { body: imageBody("mine") })
      assert.strictEqual(legacy.json.code, 0)
    })
  )

  it.effect.each([
    worldWith({ externalIds: "refuse" }),
    worldWith({}, [{ fault: "external-id-refused", on: "new.t2v.*", count: "always" }])
  ])("refused: a create that sends one is rejected and creates nothing", (world) =>
    Effect.gen(function* () {
      const refused = yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
      assert.deepStrictEqual([refused.status, refused.json.code], [400, 1201])
      assert.strictEqual(world.state.tasks.size, 0)
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody() })).json.code, 0)
    })
  )

  it.effect("listed late: at first the task is found by Kling's id only", () =>
    Effect.gen(function* () {
      const world = worldWith({ externalIdDelaySeconds: 30 })
      const created = yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
      assert.strictEqual(yield* found(world, `task_ids=${created.json.data.id}`), 1)
      assert.strictEqual(yield* found(world, "external_task_ids=mine"), 0)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* found(world, "external_task_ids=mine"), 1)
    })
  )
})

describe("a slot that never frees", () => {
  it.effect("belongs to a task that stays in processing", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({
        faults: { faults: [{ fault: "never-ends" }], packs: { video: { concurrency: 1 } } }
      })
      yield* sendRequest(world, createVideoPath, { body: videoBody("stuck") })
      yield* TestClock.adjust("2 days")
      const { json } = yield* sendRequest(world, "GET /tasks?external_task_ids=stuck")
      assert.strictEqual(json.data[0].status, "processing")
      const refused = yield* sendRequest(world, createVideoPath, { body: videoBody("next") })
      assert.strictEqual(refused.json.code, 1303)
    })
  )
})

describe("key rotation", () => {
  it.effect("another key opens the same account; a revoked one is rejected", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
      const second = (yield* sendRequest(world, "POST /_emulator/rotate-key")).json.apiKey as string
      const read = (token: string) => sendRequest(world, "GET /tasks?external_task_ids=mine", { token })
      assert.strictEqual((yield* read(second)).json.data.length, 1)
      assert.strictEqual((yield* read(world.keys.apiKey)).status, 200)
      const third = (yield* sendRequest(world, "POST /_emulator/rotate-key", { body: { revoke: true } })).json.apiKey
      assert.strictEqual((yield* read(second)).json.code, 1002)
      assert.strictEqual((yield* read(third)).json.data.length, 1)
    })
  )
})
