import { assert, describe, it } from "@effect/vitest"
import { retiredModels } from "@klingkit/core"
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

const refused = (world: KlingWorld, line: string, body: unknown) =>
  Effect.map(sendRequest(world, line, { body }), ({ status, json }) => {
    assert.notProperty(json, "data")
    return [status, json.code, json.message] as const
  })

describe("an invalid body", () => {
  it.effect.each([
    [createVideoPath, { settings: {} }, "prompt is required"],
    [
      createVideoPath,
      { prompt: "x", settings: { duration: 16 } },
      "settings.duration 16 is outside 3 to 15; did you mean 15?"
    ],
    [createVideoPath, { prompt: "x", settings: { duration: "5" } }, "settings.duration must be an integer"],
    [createVideoPath, { prompt: "x".repeat(3073) }, "prompt is 3073 characters long"],
    [createImagePath, { ...imageBody(), aspect_ratio: "5:4" }, "aspect_ratio"],
    [createImagePath, { ...imageBody(), n: 10 }, "n 10 is outside 1 to 9"],
    ["POST /v1/videos/text2video", { model_name: "kling-v2-6", prompt: "x", duration: "7" }, "duration"]
  ] as const)("%s %o is rejected by the name of the wire field", ([line, body, says]) =>
    Effect.gen(function* () {
      const [status, code, message] = yield* refused(new KlingWorld(), line, body)
      assert.deepStrictEqual([status, code], [400, 1201])
      assert.include(message, says)
    })
  )

  it.effect.each(["{", "[]", "null", '"text"'])("%s is not a request body", (body) =>
    Effect.gen(function* () {
      const [status, code] = yield* refused(new KlingWorld(), createVideoPath, body)
      assert.deepStrictEqual([status, code], [400, 1200])
    })
  )

  it.effect("a small image is measured by its header", () =>
    Effect.gen(function* () {
      // The first bytes of a PNG of 200 x 400 pixels.
      const png = "iVBORw0KGgoAAAANSUhEUgAAAMgAAAGQCAIAAAA="
      const body = { contents: [{ type: "first_frame", url: png }] }
      const [, code, message] = yield* refused(new KlingWorld(), "POST /image-to-video/kling-3.0", body)
      assert.strictEqual(code, 1201)
      assert.include(message, "contents[type=first_frame].url is 200x400")
    })
  )
})

describe("models", () => {
  it.effect.each(Object.keys(retiredModels.video))("%s is discontinued for videos", (model) =>
    Effect.gen(function* () {
      const body = { model_name: model, prompt: "x" }
      const answer = yield* refused(new KlingWorld(), "POST /v1/videos/text2video", body)
      assert.deepStrictEqual(answer, [
        400,
        1201,
        `The model '${model}' has been discontinued and is no longer available.`
      ])
    })
  )

  it.effect("kling-v2-1 is retired for videos and available for images", () =>
    Effect.gen(function* () {
      const { json } = yield* sendRequest(new KlingWorld(), createImagePath, {
        body: { ...imageBody(), model_name: "kling-v2-1" }
      })
      assert.strictEqual(json.code, 0)
    })
  )

  it.effect("an unknown model, path or method is not found", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const model = yield* refused(world, "POST /v1/videos/text2video", { model_name: "kling-v9", prompt: "x" })
      const path = yield* refused(world, "POST /v1/images/generation", imageBody())
      const method = yield* refused(world, "GET /text-to-video/kling-3.0", undefined)
      assert.deepStrictEqual(
        [model, path, method].map(([status, code]) => [status, code]),
        [
          [404, 1203],
          [404, 1203],
          [404, 1202]
        ]
      )
    })
  )

  it.effect("operations of retired models work, unless a switch retires them too", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const body = { video_id: "1", prompt: "x" }
      assert.strictEqual((yield* sendRequest(world, "POST /v1/videos/video-extend", { body })).json.code, 0)
      yield* sendRequest(world, "POST /_emulator/faults", { body: { switches: { retiredOperations: "refuse" } } })
      assert.include((yield* refused(world, "POST /v1/videos/video-extend", body))[2], "has been discontinued")
    })
  )
})

describe("unknown fields", () => {
  const withUnknownFields = { ...imageBody(), promt: "x", watermark_info: { enable: true } }

  it.effect("are ignored", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      assert.strictEqual(
        (yield* sendRequest(world, createVideoPath, { body: { ...videoBody(), mode: "pro" } })).json.code,
        0
      )
      assert.strictEqual((yield* sendRequest(world, createImagePath, { body: withUnknownFields })).json.code, 0)
    })
  )

  it.effect("are rejected on legacy paths when the switch says so", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { unknownLegacyFields: "refuse" } } })
      assert.include((yield* refused(world, createImagePath, withUnknownFields))[2], "promt is not a parameter")
      const nested = { ...withUnknownFields, promt: undefined }
      assert.include((yield* refused(world, createImagePath, nested))[2], "watermark_info.enable is not")
      assert.strictEqual((yield* sendRequest(world, createImagePath, { body: imageBody("a") })).json.code, 0)
      assert.strictEqual(
        (yield* sendRequest(world, createVideoPath, { body: { ...videoBody(), mode: "pro" } })).json.code,
        0
      )
    })
  )
})

describe("an external id", () => {
  it.effect("is accepted once per account, across both generations and all products", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })).json.code, 0)
      const duplicate = yield* refused(world, createVideoPath, videoBody("mine"))
      const asImage = yield* refused(world, createImagePath, imageBody("mine"))
      const text = [400, 1201, "External_task_id mine already exists"]
      assert.deepStrictEqual([duplicate, asImage], [text, text])
      yield* TestClock.adjust(longEnough)
      assert.strictEqual((yield* charges(world)).length, 1)
    })
  )

  it.effect("that is empty counts as absent", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      for (let time = 0; time < 2; time++)
        assert.strictEqual((yield* sendRequest(world, createVideoPath, { body: videoBody("") })).json.code, 0)
    })
  )

  it.effect("is not used up by a rejected create, unless the switch says so", () =>
    Effect.gen(function* () {
      for (const refusalUsesUpId of [false, true]) {
        const world = new KlingWorld({ faults: { switches: { refusalUsesUpId } } })
        yield* refused(world, createVideoPath, videoBody("mine", "please [refuse] this"))
        const { json } = yield* sendRequest(world, createVideoPath, { body: videoBody("mine") })
        assert.strictEqual(json.code, refusalUsesUpId ? 1201 : 0)
      }
    })
  )
})

describe("markers in a prompt", () => {
  it.effect("[refuse] gets the create rejected by content safety", () =>
    Effect.gen(function* () {
      const shots = [{ index: 1, prompt: "a [refuse] boat", duration: "5" }]
      const inShots = { model_name: "kling-v3", multi_shot: true, shot_type: "customize", multi_prompt: shots }
      for (const [line, body] of [
        [createVideoPath, videoBody("", "a [refuse] boat")],
        ["POST /v1/videos/text2video", inShots]
      ] as const) {
        const [status, code] = yield* refused(new KlingWorld(), line, body)
        assert.deepStrictEqual([status, code], [400, 1301])
      }
    })
  )

  it.effect("[fail] ends the task as failed, with a message and without a charge", () =>
    Effect.gen(function* () {
      for (const chargeFailedTasks of [false, true]) {
        const world = new KlingWorld({ faults: { switches: { chargeFailedTasks } } })
        const id = (yield* sendRequest(world, createVideoPath, { body: videoBody("", "a [fail] boat") })).json.data.id
        yield* TestClock.adjust(longEnough)
        const [task] = (yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data
        assert.deepStrictEqual(
          [task.status, task.outputs, task.billing.length],
          ["failed", [], chargeFailedTasks ? 1 : 0]
        )
        assert.isNotEmpty(task.message)
        assert.strictEqual((yield* charges(world)).length, chargeFailedTasks ? 1 : 0)
      }
    })
  )
})
