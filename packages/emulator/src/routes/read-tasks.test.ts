import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  sendRequest,
  videoBody,
  createVideoPath,
  longEnough,
  imageBody,
  createImagePath
} from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"

const roomy = { packs: { video: { concurrency: 1000 }, image: { concurrency: 1000 } } }

const make = (world: KlingWorld, line: string, body: unknown) =>
  Effect.map(sendRequest(world, line, { body }), ({ json }): string => json.data.id ?? json.data.task_id)

describe("a task", () => {
  it.effect("goes from submitted through processing to its end, with the times of each change", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const id = yield* make(world, createVideoPath, videoBody())
      const found = []
      for (const step of ["1 millis", "15 seconds", "1 hour"] as const) {
        yield* TestClock.adjust(step)
        const [task] = (yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data
        found.push([task.status, task.update_time > task.create_time])
      }
      assert.deepStrictEqual(found, [
        ["submitted", false],
        ["processing", true],
        ["succeeded", true]
      ])
    })
  )

  it.effect("has the status succeed on a legacy path and succeeded on a new one", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const id = yield* make(world, createImagePath, imageBody())
      yield* TestClock.adjust(longEnough)
      const legacy = (yield* sendRequest(world, `GET /v1/images/generations/${id}`)).json.data.task_status
      const onNew = (yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data[0].status
      assert.deepStrictEqual([legacy, onNew], ["succeed", "succeeded"])
    })
  )

  it.effect("takes Kling's expected seconds, divided by the speed", () =>
    Effect.gen(function* () {
      for (const [speed, wait] of [
        [1, 61],
        [60, 1.1]
      ] as const) {
        const world = new KlingWorld({ speed })
        const id = yield* make(world, createVideoPath, videoBody())
        const status = Effect.map(sendRequest(world, `GET /tasks?task_ids=${id}`), ({ json }) => json.data[0].status)
        // 50 s, with 20 % jitter.
        yield* TestClock.adjust((39 * 1000) / speed)
        assert.strictEqual(yield* status, "processing")
        yield* TestClock.adjust(wait * 1000)
        assert.strictEqual(yield* status, "succeeded")
      }
    })
  )
})

describe("a legacy read", () => {
  it.effect("finds a task by either id, on its own path only", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const id = yield* make(world, createImagePath, imageBody("my/own id"))
      for (const name of [id, encodeURIComponent("my/own id")]) {
        assert.strictEqual((yield* sendRequest(world, `GET /v1/images/generations/${name}`)).json.data.task_id, id)
      }
      const elsewhere = yield* sendRequest(world, `GET /v1/videos/text2video/${id}`)
      assert.deepStrictEqual(
        [elsewhere.status, elsewhere.json.code, elsewhere.json.message],
        [400, 1201, `Task not found by id/external id: ${id}`]
      )
    })
  )

  it.effect("lists pages, newest first", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: roomy })
      const ids = []
      for (let count = 0; count < 5; count++) ids.push(yield* make(world, createImagePath, imageBody()))
      yield* make(world, createVideoPath, videoBody())
      const page = (number: number) =>
        Effect.map(sendRequest(world, `GET /v1/images/generations?pageNum=${number}&pageSize=2`), ({ json }) =>
          json.data.map((task: { task_id: string }) => task.task_id)
        )
      assert.deepStrictEqual([...(yield* page(1)), ...(yield* page(2)), ...(yield* page(3))], ids.toReversed())
      assert.deepStrictEqual(yield* page(4), [])
    })
  )

  it.effect.each(["pageNum=0", "pageNum=1001", "pageSize=501", "pageSize=x"])("rejects %s", (query) =>
    Effect.gen(function* () {
      const { status, json } = yield* sendRequest(new KlingWorld(), `GET /v1/images/generations?${query}`)
      assert.deepStrictEqual([status, json.code], [400, 1201])
    })
  )
})

describe("GET /tasks", () => {
  it.effect("omits unknown ids, and finds external ids", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const id = yield* make(world, createVideoPath, videoBody("mine"))
      const ids = Effect.fnUntraced(function* (query: string) {
        const { status, json } = yield* sendRequest(world, `GET /tasks?${query}`)
        return [status, json.data.map((task: { id: string }) => task.id)]
      })
      assert.deepStrictEqual(yield* ids(`task_ids=${id},893605946402811985`), [200, [id]])
      assert.deepStrictEqual(yield* ids("external_task_ids=mine,unknown"), [200, [id]])
      assert.deepStrictEqual(yield* ids("external_task_ids=unknown"), [200, []])
    })
  )

  it.effect("accepts twenty ids, not twenty-one", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const ids = (count: number) => Array.from({ length: count }, (_, index) => index).join(",")
      assert.strictEqual((yield* sendRequest(world, `GET /tasks?task_ids=${ids(20)}`)).status, 200)
      const { status, json } = yield* sendRequest(world, `GET /tasks?task_ids=${ids(21)}`)
      assert.deepStrictEqual(
        [status, json.code, json.message],
        [400, 1201, "task_ids and external_task_ids cannot exceed 20 in total"]
      )
    })
  )
})

describe("POST /tasks", () => {
  it.effect("lists every task once, for any page size and despite new tasks between pages", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: roomy })
      const created = []
      for (let count = 0; count < 7; count++) created.push(yield* make(world, createVideoPath, videoBody()))
      const found: Array<string> = []
      let cursor: string | undefined
      for (let pages = 0; pages < 5; pages++) {
        const body = cursor === undefined ? { limit: 3 } : { cursor, limit: 1 }
        const { result, has_more, next_cursor } = (yield* sendRequest(world, "POST /tasks", { body })).json.data
        found.push(...result.map((task: { id: string }) => task.id))
        yield* make(world, createVideoPath, videoBody())
        yield* TestClock.adjust(longEnough)
        if (!has_more) break
        cursor = next_cursor
      }
      assert.deepStrictEqual(found, created.toReversed())
    })
  )

  it.effect("filters: values of one key are alternatives, keys are combined", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: roomy })
      const old = yield* make(world, createVideoPath, videoBody())
      const failed = yield* make(world, createVideoPath, videoBody("", "[fail]"))
      const image = yield* make(world, createImagePath, imageBody())
      yield* TestClock.adjust(longEnough)
      const fresh = yield* make(world, createVideoPath, videoBody())
      const ids = (...filters: ReadonlyArray<{ key: string; values: ReadonlyArray<string> }>) =>
        Effect.map(sendRequest(world, "POST /tasks", { body: { filters } }), ({ json }) =>
          json.data.result.map((task: { id: string }) => task.id)
        )
      assert.deepStrictEqual(yield* ids({ key: "status", values: ["succeeded"] }), [image, old])
      assert.deepStrictEqual(yield* ids({ key: "status", values: ["submitted", "failed"] }), [fresh, failed])
      const videos = { key: "product_type", values: ["video"] }
      assert.deepStrictEqual(yield* ids(videos, { key: "status", values: ["succeeded"] }), [old])
    })
  )

  it.effect("accepts times as numbers and as strings, and rejects a limit of 501", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* TestClock.adjust("1 hour")
      yield* make(world, createVideoPath, videoBody())
      for (const start_time of [3_600_000, "3600000"]) {
        assert.strictEqual((yield* sendRequest(world, "POST /tasks", { body: { start_time } })).json.data.count, 1)
      }
      assert.strictEqual(
        (yield* sendRequest(world, "POST /tasks", { body: { end_time: 3_599_999 } })).json.data.count,
        0
      )
      assert.strictEqual((yield* sendRequest(world, "POST /tasks", { body: { limit: 501 } })).json.code, 1201)
    })
  )

  it.effect("lists legacy tasks and lags as its switches say", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ faults: { switches: { legacyTasksInNewList: false, listDelaySeconds: 10 } } })
      yield* make(world, createImagePath, imageBody())
      yield* make(world, createVideoPath, videoBody())
      const count = Effect.map(sendRequest(world, "POST /tasks", { body: {} }), ({ json }) => json.data.count)
      assert.strictEqual(yield* count, 0)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* count, 1)
    })
  )
})
