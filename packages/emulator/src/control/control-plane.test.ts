import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  sendRequest,
  charges,
  videoBody,
  createVideoPath,
  imageBody,
  createImagePath
} from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"

describe("the control plane", () => {
  it.effect("needs no key and shows none", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* sendRequest(world, createVideoPath, { body: videoBody() })
      for (const name of ["ledger", "requests", "state", "faults", "callbacks"]) {
        const { status, text } = yield* sendRequest(world, `GET /_emulator/${name}`, { token: null })
        assert.strictEqual(status, 200)
        for (const key of Object.values(world.keys)) assert.notInclude(text, key)
      }
    })
  )

  it.effect("logs requests and responses", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { faults: [{ fault: "commit-then-drop" }] } })
      yield* sendRequest(world, createVideoPath, { body: videoBody() })
      const image = yield* sendRequest(world, createImagePath, { body: { ...imageBody(), aspect_ratio: "ünf:drei" } })
      yield* sendRequest(world, "GET /v1/images/generations/1")
      const rows = (yield* sendRequest(world, "GET /_emulator/requests")).json.requests
      const facts = rows.map(({ method, path, operation, status, code, delivery }: Record<string, unknown>) =>
        [method, path, operation, status, code, delivery ?? "whole"].join(" ")
      )
      assert.deepStrictEqual(facts, [
        "POST /text-to-video/kling-3.0 new.t2v.kling-3.0 200 0 drop",
        "POST /v1/images/generations legacy.images.generations 400 1201 whole",
        "GET /v1/images/generations/1 legacy.images.generations.get 400 1201 whole"
      ])
      assert.strictEqual(rows[1].bytes, new TextEncoder().encode(image.text).length)
    })
  )

  it.effect("advances the clock: a task ends, and Date has the new time", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
      const { json } = yield* sendRequest(world, "POST /_emulator/advance", { body: { seconds: 3600 } })
      assert.strictEqual(json.now, 3_600_000)
      assert.strictEqual((yield* charges(world)).length, 1)
      const { headers } = yield* sendRequest(world, "GET /_emulator/state")
      assert.strictEqual(Date.parse(headers["date"] ?? ""), 3_600_000)
    })
  )

  it.effect.each([{ seconds: -1 }, { seconds: "60" }, {}])("does not advance it by %o", (body) =>
    Effect.gen(function* () {
      const { status, json } = yield* sendRequest(new KlingWorld(), "POST /_emulator/advance", { body })
      assert.strictEqual(status, 400)
      assert.isNotEmpty(json.error)
    })
  )

  it.effect("adds faults and clears them", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const plan = { faults: [{ fault: "refuse", code: 1303, count: "always" }], switches: { listDelaySeconds: 5 } }
      const set = yield* sendRequest(world, "POST /_emulator/faults", { body: plan })
      assert.deepStrictEqual(set.json.faults, [{ fault: "refuse", code: 1303, count: "always", applied: 0 }])
      assert.strictEqual(set.json.switches.listDelaySeconds, 5)
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody() })).json.code, 1303)
      const cleared = yield* sendRequest(world, "DELETE /_emulator/faults")
      assert.deepStrictEqual([cleared.json.faults, cleared.json.switches.listDelaySeconds], [[], 0])
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody() })).json.code, 0)
    })
  )

  it.effect.each([
    [{ faults: [{ fault: "explode" }] }, 'at ["faults"][0]'],
    [{ faults: [{ fault: "refuse", code: 42 }] }, "1303"],
    [{ faults: [{ fault: "drop", nht: 2 }] }, "nht"],
    [{ faults: [{ fault: "drop", probability: 2 }] }, "probability"],
    [{ switches: { uniqueness: "maybe" } }, "uniqueness"]
  ] as const)("rejects the plan %o and names the problem", ([body, says]) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { status, json } = yield* sendRequest(world, "POST /_emulator/faults", { body })
      assert.strictEqual(status, 400)
      assert.include(json.error, says)
      assert.deepStrictEqual((yield* sendRequest(world, "GET /_emulator/faults")).json.faults, [])
    })
  )

  it.effect("lists its paths in the response to an unknown one", () =>
    Effect.gen(function* () {
      const { status, json } = yield* sendRequest(new KlingWorld(), "GET /_emulator/nothing")
      assert.strictEqual(status, 404)
      assert.include(json.error, "GET ledger")
    })
  )
})
