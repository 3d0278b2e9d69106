import { assert, describe, it } from "@effect/vitest"
import { Kling, type KlingError, operations } from "@klingkit/core"
import { Effect, Fiber, Layer, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { emulatorHttpClient } from "../emulator-http-client.ts"
import { charges, longEnough, sendRequest } from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"
import type { Fault } from "./fault-plan.ts"

const video = { prompt: "a paper boat", durationSeconds: 5 }
const submit = Kling.use((kling) => kling.submit(operations["new.t2v.kling-3.0"], video, { externalTaskId: "mine" }))
const read = Kling.use((kling) => kling.task("mine"))

const connected = (world: KlingWorld) =>
  Kling.layer({
    credentials: { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) },
    baseUrl: "https://kling.example"
  }).pipe(Layer.provide(emulatorHttpClient(world)))

/** What the client makes of a world with this fault, in virtual time. */
const outcome = <A>(world: KlingWorld, effect: Effect.Effect<A, KlingError, Kling>) =>
  Effect.gen(function* () {
    const running = yield* Effect.forkChild(Effect.result(Effect.provide(effect, connected(world))))
    for (let step = 0; step < 60 && running.pollUnsafe() === undefined; step++) {
      yield* TestClock.withLive(Effect.sleep("1 millis"))
      // An honest answer takes no time, so that a new task is still unfinished after it.
      yield* TestClock.adjust(step < 10 ? "1 millis" : "5 seconds")
    }
    return yield* Fiber.join(running)
  })

const afterSubmit = Effect.fnUntraced(function* (fault: Fault) {
  const world = new KlingWorld()
  yield* outcome(world, submit)
  yield* TestClock.adjust(longEnough)
  yield* sendRequest(world, "POST /_emulator/faults", { body: { faults: [fault] } })
  return world
})

const always = { on: "new.tasks.get", count: "always" } as const

describe("an answer that is not in order", () => {
  it.effect.each<readonly [Fault, string]>([
    [{ fault: "null-data", ...always }, "contains no list of tasks"],
    [{ fault: "html-page", ...always }, "HTTP 403 without Kling's envelope"],
    [{ fault: "invalid-utf8", ...always }, "which is not UTF-8 text"],
    [{ fault: "nested-answer", ...always }, "nested more than 64 levels deep"],
    [{ fault: "hostile-strings", ids: true, ...always }, "no readable task mine"]
  ])("is an unexpected response to a read: %j", ([fault, expected]) =>
    Effect.gen(function* () {
      const result = yield* outcome(yield* afterSubmit(fault), read)
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) {
        assert.strictEqual(result.failure.reason._tag, "UnexpectedAnswer")
        assert.include(result.failure.message, expected)
      }
    })
  )

  it.effect("keeps what can be believed of odd numbers", () =>
    Effect.gen(function* () {
      const task = Result.getOrThrow(
        yield* outcome(yield* afterSubmit({ fault: "odd-numbers", count: "always" }), read)
      )
      assert.strictEqual(task.outputs.length, 1)
      assert.deepStrictEqual([task.createdAt, task.updatedAt, task.charges], [undefined, undefined, []])
      assert.deepStrictEqual(
        task.ignored?.map(({ field }) => field),
        ["billing[].amount", "create_time", "update_time"]
      )
    })
  )

  it.effect("keeps what can be shown of hostile strings", () =>
    Effect.gen(function* () {
      const world = yield* afterSubmit({ fault: "hostile-strings", count: "always" })
      assert.include((yield* sendRequest(world, "GET /tasks?external_task_ids=mine")).text, "\\nCharged: no")
      const task = Result.getOrThrow(yield* outcome(world, read))
      assert.strictEqual(task.outputs.length, 1)
      assert.notMatch(JSON.stringify(task), /\\n|\\u|[\p{Cc}\p{Cf}]/u)
    })
  )

  it.effect("may have a status word that is not documented, until the task ends", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { faults: [{ fault: "unknown-status", count: "always" }] } })
      yield* outcome(world, submit)
      assert.strictEqual(Result.getOrThrow(yield* outcome(world, read)).statusWord, "queued")
      yield* TestClock.adjust(longEnough)
      assert.strictEqual(Result.getOrThrow(yield* outcome(world, read)).status, "succeed")
    })
  )
})

describe("a create", () => {
  it.effect("that is answered with another request's external id is looked up, and charged once", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { faults: [{ fault: "other-external-id" }] } })
      const { task } = Result.getOrThrow(yield* outcome(world, submit))
      yield* TestClock.adjust(longEnough)
      assert.strictEqual(task.externalId, "mine")
      assert.deepStrictEqual(
        (yield* charges(world)).map(({ taskId }) => taskId),
        [task.id]
      )
    })
  )

  it.effect.each(["plain", "escaped", "percent", "base64", "tail"] as const)(
    "whose key is echoed does not hand it on: %s",
    (as) =>
      Effect.gen(function* () {
        const world = new KlingWorld({ faults: { faults: [{ fault: "echo-key", as }] } })
        const result = yield* outcome(world, submit)
        const shown = Result.isFailure(result) ? `${result.failure.message}${JSON.stringify(result.failure)}` : ""
        assert.include(shown, "[secret]")
        for (const piece of [world.keys.apiKey, world.keys.apiKey.slice(-8)]) {
          assert.notInclude(shown, piece)
          assert.notInclude(decodeURIComponent(shown), piece)
        }
      })
  )
})
