import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { sendRequest, videoBody, createVideoPath, longEnough } from "../testing/send-request.ts"
import { KlingWorld, type KlingWorldOptions } from "../world/kling-world.ts"
import type { MediaRequest } from "../media/media-request.ts"

/** The path of a finished videoBody, and the world that offers it. */
const finished = (options: KlingWorldOptions = {}, body: unknown = videoBody()) =>
  Effect.gen(function* () {
    const world = new KlingWorld(options)
    const { id } = (yield* sendRequest(world, createVideoPath, { body })).json.data
    yield* TestClock.adjust(longEnough)
    const [task] = (yield* sendRequest(world, `GET /tasks?task_ids=${id}`)).json.data
    return { world, output: task.outputs[0], path: new URL(task.outputs[0].url).pathname }
  })

const get = (world: KlingWorld, path: string, headers: Readonly<Record<string, string>> = {}) =>
  sendRequest(world, `GET ${path}`, { headers, token: null })

describe("a result file", () => {
  it.effect("matches the request: size, duration, text, audio", () =>
    Effect.gen(function* () {
      const rendered: Array<MediaRequest> = []
      const render: NonNullable<KlingWorldOptions["render"]> = (media) => {
        rendered.push(media)
        return Effect.succeed({ bytes: new Uint8Array(8), contentType: "video/mp4" })
      }
      const settings = { aspect_ratio: "9:16", duration: 7, audio: "native", resolution: "1080p" }
      const { world, path } = yield* finished({ render }, { prompt: "a red fox", settings })
      assert.deepStrictEqual(rendered, [])
      yield* get(world, path)
      const { seed, ...media } = rendered[0] ?? assert.fail("nothing was rendered")
      assert.isNumber(seed)
      assert.deepStrictEqual<unknown>(media, {
        kind: "video",
        width: 1080,
        height: 1920,
        durationSeconds: 7,
        audio: true,
        text: "a red fox",
        caption: "kling-3.0"
      })
    })
  )

  it.effect("needs no key, and does not exist before the task has finished", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const { id } = (yield* sendRequest(world, createVideoPath, { body: videoBody() })).json.data
      const path = `/files/${id}/video-1.mp4`
      assert.strictEqual((yield* get(world, path)).status, 404)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* get(world, path)).status, 200)
      assert.strictEqual((yield* get(world, "/files/1/video-1.mp4")).status, 404)
    })
  )

  it.effect("is gone 30 days after the task", () =>
    Effect.gen(function* () {
      const { world, path } = yield* finished()
      yield* TestClock.adjust("29 days")
      assert.strictEqual((yield* get(world, path)).status, 200)
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* get(world, path)).status, 403)
    })
  )

  it.effect.each([
    ["bytes=0-9", 206, "bytes 0-9/"],
    ["bytes=10-", 206, "bytes 10-"],
    ["bytes=-10", 206, "bytes "],
    ["bytes=0-99999999", 206, "bytes 0-"],
    ["bytes=99999999-", 416, "bytes */"],
    ["bytes=9-1", 416, "bytes */"],
    ["bytes=0-1,4-5", 200, undefined],
    ["lines=1-2", 200, undefined]
  ] as const)("responds to Range: %s with %s", ([range, status, contentRange]) =>
    Effect.gen(function* () {
      const { world, path } = yield* finished()
      const whole = (yield* get(world, path)).body
      const part = yield* get(world, path, { range })
      assert.strictEqual(part.status, status)
      if (contentRange === undefined) assert.notProperty(part.headers, "content-range")
      else assert.include(part.headers["content-range"] ?? "", contentRange)
      if (status === 206) {
        const [, first = 0, last = 0, total] =
          /bytes (\d+)-(\d+)\/(\d+)/.exec(part.headers["content-range"] ?? "") ?? []
        assert.strictEqual(Number(total), whole.length)
        assert.deepStrictEqual(part.body, whole.slice(Number(first), Number(last) + 1))
      }
    })
  )

  it.effect("is resumed only when it is unchanged", () =>
    Effect.gen(function* () {
      const { world, path } = yield* finished()
      const etag = (yield* get(world, path)).headers["etag"] ?? ""
      assert.strictEqual((yield* get(world, path, { range: "bytes=5-", "if-range": etag })).status, 206)
      assert.strictEqual((yield* get(world, path, { range: "bytes=5-", "if-range": '"other"' })).status, 200)
      const unchanged = yield* get(world, path, { "if-none-match": etag })
      assert.deepStrictEqual([unchanged.status, unchanged.body.length], [304, 0])
    })
  )

  it.effect("has a watermarked copy only if requested", () =>
    Effect.gen(function* () {
      const plain = yield* finished()
      assert.notProperty(plain.output, "watermark_url")
      const body = { ...videoBody(), options: { watermark_info: { enabled: true } } }
      const { world, output } = yield* finished({}, body)
      assert.strictEqual((yield* get(world, new URL(output.watermark_url).pathname)).status, 200)
    })
  )
})

describe("download faults", () => {
  it.effect("truncate, slow down or replace the file; the next download is complete", () =>
    Effect.gen(function* () {
      const faults = [
        { fault: "cut-download", afterBytes: 100 },
        { fault: "slow-download", bytesPerSecond: 1000, nth: 2 },
        { fault: "html-download", nth: 3 }
      ] as const
      const { world, path } = yield* finished({ faults: { faults } })
      const cut = yield* get(world, path)
      const slow = yield* get(world, path)
      const html = yield* get(world, path)
      assert.deepStrictEqual(cut.delivery, { how: "cut", afterBytes: 100 })
      assert.deepStrictEqual(slow.delivery, { how: "whole", bytesPerSecond: 1000 })
      assert.deepStrictEqual([html.status, html.headers["content-type"]], [200, "text/html; charset=utf-8"])
      const whole = yield* get(world, path)
      assert.deepStrictEqual([whole.delivery.how, whole.headers["content-type"]], ["whole", "video/mp4"])
    })
  )
})
