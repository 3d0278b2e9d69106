import { assert, describe, it } from "@effect/vitest"
import { retiredModels } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ask, charges, film, filmPath, longEnough, picture, picturePath } from "../testing/ask.ts"
import { KlingWorld } from "../world/kling-world.ts"

const refused = (world: KlingWorld, line: string, body: unknown) =>
  Effect.map(ask(world, line, { body }), ({ status, json }) => {
    assert.notProperty(json, "data")
    return [status, json.code, json.message] as const
  })

describe("what is wrong with a body", () => {
  it.effect.each([
    [filmPath, { settings: {} }, "prompt is required"],
    [filmPath, { prompt: "x", settings: { duration: 16 } }, "settings.duration 16 is outside 3 to 15; nearest: 15"],
    [filmPath, { prompt: "x", settings: { duration: "5" } }, "settings.duration must be a whole number"],
    [filmPath, { prompt: "x".repeat(3073) }, "prompt is 3073 characters long"],
    [picturePath, { ...picture(), aspect_ratio: "5:4" }, "aspect_ratio"],
    [picturePath, { ...picture(), n: 10 }, "n 10 is outside 1 to 9"],
    ["POST /v1/videos/text2video", { model_name: "kling-v2-6", prompt: "x", duration: "7" }, "duration"]
  ] as const)("%s %o is refused by Kling's name of the field", ([line, body, says]) =>
    Effect.gen(function* () {
      const [status, code, message] = yield* refused(new KlingWorld(), line, body)
      assert.deepStrictEqual([status, code], [400, 1201])
      assert.include(message, says)
    })
  )

  it.effect.each(["{", "[]", "null", '"text"'])("%s is no request body", (body) =>
    Effect.gen(function* () {
      const [status, code] = yield* refused(new KlingWorld(), filmPath, body)
      assert.deepStrictEqual([status, code], [400, 1200])
    })
  )

  it.effect("a small picture is measured by its header", () =>
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

  it.effect("kling-v2-1 is retired for videos and alive for images", () =>
    Effect.gen(function* () {
      const { json } = yield* ask(new KlingWorld(), picturePath, { body: { ...picture(), model_name: "kling-v2-1" } })
      assert.strictEqual(json.code, 0)
    })
  )

  it.effect("an unknown model, path or method is not there", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const model = yield* refused(world, "POST /v1/videos/text2video", { model_name: "kling-v9", prompt: "x" })
      const path = yield* refused(world, "POST /v1/images/generation", picture())
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

  it.effect("operations of retired models answer, until a switch says that they are gone", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const body = { video_id: "1", prompt: "x" }
      assert.strictEqual((yield* ask(world, "POST /v1/videos/video-extend", { body })).json.code, 0)
      yield* ask(world, "POST /_emulator/faults", { body: { switches: { retiredOperations: "refuse" } } })
      assert.include((yield* refused(world, "POST /v1/videos/video-extend", body))[2], "has been discontinued")
    })
  )
})

describe("fields that Kling does not know", () => {
  const odd = { ...picture(), promt: "x", watermark_info: { enable: true } }

  it.effect("are ignored", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      assert.strictEqual((yield* ask(world, filmPath, { body: { ...film(), mode: "pro" } })).json.code, 0)
      assert.strictEqual((yield* ask(world, picturePath, { body: odd })).json.code, 0)
    })
  )

  it.effect("are refused on legacy paths when the switch says so", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { unknownLegacyFields: "refuse" } } })
      assert.include((yield* refused(world, picturePath, odd))[2], "promt is not a parameter")
      const nested = { ...odd, promt: undefined }
      assert.include((yield* refused(world, picturePath, nested))[2], "watermark_info.enable is not")
      assert.strictEqual((yield* ask(world, picturePath, { body: picture("a") })).json.code, 0)
      assert.strictEqual((yield* ask(world, filmPath, { body: { ...film(), mode: "pro" } })).json.code, 0)
    })
  )
})

describe("an external id", () => {
  it.effect("is taken once in an account, over both generations and all products", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      assert.strictEqual((yield* ask(world, filmPath, { body: film("mine") })).json.code, 0)
      const again = yield* refused(world, filmPath, film("mine"))
      const asPicture = yield* refused(world, picturePath, picture("mine"))
      const text = [400, 1201, "External_task_id mine already exists"]
      assert.deepStrictEqual([again, asPicture], [text, text])
      yield* TestClock.adjust(longEnough)
      assert.strictEqual((yield* charges(world)).length, 1)
    })
  )

  it.effect("that is empty counts as none", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      for (let time = 0; time < 2; time++)
        assert.strictEqual((yield* ask(world, filmPath, { body: film("") })).json.code, 0)
    })
  )

  it.effect("is not used up by a refusal, unless the switch says so", () =>
    Effect.gen(function* () {
      for (const refusalUsesUpId of [false, true]) {
        const world = new KlingWorld({ faults: { switches: { refusalUsesUpId } } })
        yield* refused(world, filmPath, film("mine", "please [refuse] this"))
        const { json } = yield* ask(world, filmPath, { body: film("mine") })
        assert.strictEqual(json.code, refusalUsesUpId ? 1201 : 0)
      }
    })
  )
})

describe("words in a prompt", () => {
  it.effect("[refuse] gets the create refused by content safety", () =>
    Effect.gen(function* () {
      const shots = [{ index: 1, prompt: "a [refuse] boat", duration: "5" }]
      const inShots = { model_name: "kling-v3", multi_shot: true, shot_type: "customize", multi_prompt: shots }
      for (const [line, body] of [
        [filmPath, film("", "a [refuse] boat")],
        ["POST /v1/videos/text2video", inShots]
      ] as const) {
        const [status, code] = yield* refused(new KlingWorld(), line, body)
        assert.deepStrictEqual([status, code], [400, 1301])
      }
    })
  )

  it.effect("[fail] ends the task as failed, with words and without a charge", () =>
    Effect.gen(function* () {
      for (const chargeFailedTasks of [false, true]) {
        const world = new KlingWorld({ faults: { switches: { chargeFailedTasks } } })
        const id = (yield* ask(world, filmPath, { body: film("", "a [fail] boat") })).json.data.id
        yield* TestClock.adjust(longEnough)
        const [task] = (yield* ask(world, `GET /tasks?task_ids=${id}`)).json.data
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
