import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask, charges, film, filmPath, picture, picturePath } from "../testing/ask.ts"
import { KlingWorld } from "../world/kling-world.ts"

describe("the control plane", () => {
  it.effect("takes no key and shows none", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* ask(world, filmPath, { body: film() })
      for (const name of ["ledger", "requests", "state", "faults", "callbacks"]) {
        const { status, text } = yield* ask(world, `GET /_emulator/${name}`, { token: null })
        assert.strictEqual(status, 200)
        for (const key of Object.values(world.keys)) assert.notInclude(text, key)
      }
    })
  )

  it.effect("logs what was asked and answered", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { faults: [{ fault: "commit-then-drop" }] } })
      yield* ask(world, filmPath, { body: film() })
      const image = yield* ask(world, picturePath, { body: { ...picture(), aspect_ratio: "ünf:drei" } })
      yield* ask(world, "GET /v1/images/generations/1")
      const rows = (yield* ask(world, "GET /_emulator/requests")).json.requests
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

  it.effect("moves the clock: a task ends, and Date tells the new time", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      yield* ask(world, filmPath, { body: film("mine") })
      const { json } = yield* ask(world, "POST /_emulator/advance", { body: { seconds: 3600 } })
      assert.strictEqual(json.now, 3_600_000)
      assert.strictEqual((yield* charges(world)).length, 1)
      const { headers } = yield* ask(world, "GET /_emulator/state")
      assert.strictEqual(Date.parse(headers["date"] ?? ""), 3_600_000)
    })
  )

  it.effect.each([{ seconds: -1 }, { seconds: "60" }, {}])("does not move it by %o", (body) =>
    Effect.gen(function* () {
      const { status, json } = yield* ask(new KlingWorld(), "POST /_emulator/advance", { body })
      assert.strictEqual(status, 400)
      assert.isNotEmpty(json.error)
    })
  )

  it.effect("adds faults and takes them all away", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const plan = { faults: [{ fault: "refuse", code: 1303, count: "always" }], switches: { listDelaySeconds: 5 } }
      const set = yield* ask(world, "POST /_emulator/faults", { body: plan })
      assert.deepStrictEqual(set.json.faults, [{ fault: "refuse", code: 1303, count: "always", struck: 0 }])
      assert.strictEqual(set.json.switches.listDelaySeconds, 5)
      assert.strictEqual((yield* ask(world, filmPath, { body: film() })).json.code, 1303)
      const cleared = yield* ask(world, "DELETE /_emulator/faults")
      assert.deepStrictEqual([cleared.json.faults, cleared.json.switches.listDelaySeconds], [[], 0])
      assert.strictEqual((yield* ask(world, filmPath, { body: film() })).json.code, 0)
    })
  )

  it.effect.each([
    [{ faults: [{ fault: "explode" }] }, 'at ["faults"][0]'],
    [{ faults: [{ fault: "refuse", code: 42 }] }, "1303"],
    [{ faults: [{ fault: "drop", nht: 2 }] }, "nht"],
    [{ faults: [{ fault: "drop", probability: 2 }] }, "probability"],
    [{ switches: { uniqueness: "maybe" } }, "uniqueness"]
  ] as const)("refuses the plan %o and says what is wrong", ([body, says]) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { status, json } = yield* ask(world, "POST /_emulator/faults", { body })
      assert.strictEqual(status, 400)
      assert.include(json.error, says)
      assert.deepStrictEqual((yield* ask(world, "GET /_emulator/faults")).json.faults, [])
    })
  )

  it.effect("names its paths to whoever asks for another", () =>
    Effect.gen(function* () {
      const { status, json } = yield* ask(new KlingWorld(), "GET /_emulator/nothing")
      assert.strictEqual(status, 404)
      assert.include(json.error, "GET ledger")
    })
  )
})
