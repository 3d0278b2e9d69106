import { assert, describe, it } from "@effect/vitest"
import { readCallback, verifyCallback } from "@klingkit/core"
import { signCallback, stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import type { Fault } from "../faults/fault-plan.ts"
import {
  sendRequest,
  videoBody,
  createVideoPath,
  longEnough,
  imageBody,
  createImagePath
} from "../testing/send-request.ts"
import { fixtures } from "../testing/fixtures.ts"
import { shapeOf } from "../testing/shape.ts"
import { KlingWorld } from "../world/kling-world.ts"
import type { Callback } from "./callback.ts"

const url = "http://127.0.0.1:9/hook"
const videoWithCallback = { ...videoBody("mine"), options: { external_task_id: "mine", callback_url: url } }
const imageWithCallback = { ...imageBody("mine"), callback_url: url, watermark_info: { enabled: true } }

/** Every callback of one create, in the order in which they are due. */
const callbacksOf = (world: KlingWorld, line: string, body: unknown) =>
  Effect.gen(function* () {
    yield* sendRequest(world, line, { body })
    const first = yield* world.takeCallbacks
    yield* TestClock.adjust(longEnough)
    return [...first, ...(yield* world.takeCallbacks)]
  })

const taskIn = (callback: Callback) => Effect.map(readCallback(stringifyJson(callback.body)), ({ task }) => task)
const verify = (world: KlingWorld, callback: Callback) =>
  Effect.gen(function* () {
    const body = stringifyJson(callback.body)
    const nowMs = yield* Clock.currentTimeMillis
    const signed = { id: callback.id, timestampSeconds: Math.floor(nowMs / 1000), body }
    const headers = callback.secret === undefined ? {} : yield* signCallback(Redacted.make(callback.secret), signed)
    return yield* verifyCallback({ secrets: [Redacted.make(world.keys.webhookSecret)], headers, body, nowMs })
  })

it.effect("a signature matches the vendor's test vector", () =>
  Effect.gen(function* () {
    const headers = yield* signCallback(Redacted.make("whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="), {
      id: "9876543210",
      timestampSeconds: 1_781_080_794,
      body: '{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}'
    })
    assert.deepStrictEqual(headers, {
      "webhook-id": "9876543210",
      "webhook-timestamp": "1781080794",
      "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
    })
  })
)

describe("callbacks", () => {
  it.effect.each([
    ["new", createVideoPath, videoWithCallback],
    ["legacy", createImagePath, imageWithCallback]
  ] as const)("of the %s generation are sent at every status change, signed", ([, line, body]) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const callbacks = yield* callbacksOf(world, line, body)
      const tasks = yield* Effect.forEach(callbacks, taskIn)
      assert.deepStrictEqual(
        tasks.map(({ status, externalId, outputs }) => [status, externalId, outputs.length]),
        [
          ["submitted", "mine", 0],
          ["processing", "mine", 0],
          ["succeed", "mine", 1]
        ]
      )
      for (const callback of callbacks) {
        assert.strictEqual(callback.url, url)
        assert.strictEqual((yield* verify(world, callback)).id, callback.id)
      }
      assert.strictEqual(new Set(callbacks.map(({ id }) => id)).size, 3)
    })
  )

  it.effect("have the two shapes of the vendor's samples", () =>
    Effect.gen(function* () {
      const onNew = (yield* callbacksOf(new KlingWorld(), createVideoPath, videoWithCallback)).at(-1)?.body
      const { outputs, ...task } = fixtures["new.t2v.kling-3.0"]?.finished ?? assert.fail()
      const { watermark_url: _, ...video } = outputs[0]
      assert.deepStrictEqual(shapeOf(onNew), shapeOf({ ...task, outputs: [video] }))
      const legacy = (yield* callbacksOf(new KlingWorld(), createImagePath, imageWithCallback)).at(-1)?.body
      const { watermark_info: _info, ...record } = fixtures["legacy.images.generations"]?.finished ?? assert.fail()
      // Images in a callback have no watermarked copy, even if one was requested (sample).
      assert.deepStrictEqual(shapeOf(legacy), shapeOf({ ...record, task_result: { images: [{ index: 0, url: "" }] } }))
    })
  )

  it.effect("of legacy tasks are unsigned when the switch says so", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { signLegacyCallbacks: false } } })
      const [callback] = yield* callbacksOf(world, createImagePath, imageWithCallback)
      assert.strictEqual(callback?.secret, undefined)
    })
  )

  const withFault = (fault: Fault) =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { faults: [fault] } })
      return { world, callbacks: yield* callbacksOf(world, createVideoPath, videoWithCallback) }
    })

  it.effect("can be lost, duplicated, delayed and forged", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* withFault({ fault: "callback-lost", nth: 3 })).callbacks.length, 2)
      const twice = (yield* withFault({ fault: "callback-twice" })).callbacks
      assert.deepStrictEqual([twice.length, twice[0]?.id], [4, twice[1]?.id])
      const late = yield* Effect.forEach((yield* withFault({ fault: "callback-late", seconds: 60 })).callbacks, taskIn)
      assert.deepStrictEqual(
        late.map(({ status }) => status),
        ["processing", "succeed", "submitted"]
      )
      const { world, callbacks } = yield* withFault({ fault: "callback-forged", nth: 2 })
      const verdicts = yield* Effect.forEach(callbacks, (callback) =>
        Effect.match(verify(world, callback), { onSuccess: () => "good", onFailure: ({ reason }) => reason })
      )
      assert.deepStrictEqual(verdicts, ["good", "forged", "good"])
    })
  )
})
