import { assert, describe, it } from "@effect/vitest"
import { catalog } from "@klingkit/core"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { sendRequest, charges, type Loose } from "../testing/send-request.ts"
import { fixtures } from "../testing/fixtures.ts"
import { KlingWorld } from "../world/kling-world.ts"
import { operationHandlers } from "./operation-handlers.ts"

const send = (world: KlingWorld, path: string, body: Loose) =>
  Effect.map(sendRequest(world, `POST ${path}`, { body }), ({ json }) => json)

/** A finished task of this operation, created from its fixture. */
const finishedTask = Effect.fnUntraced(function* (world: KlingWorld, id: string) {
  const path = catalog.find((one) => one.id === id)?.path ?? ""
  const { data } = yield* send(world, path, fixtures[id]?.request)
  yield* TestClock.adjust("1 hour")
  return (yield* sendRequest(world, `GET ${path}/${data.task_id}`)).json.data
})

it("every operation that is not a create has a handler", () => {
  const unanswered = catalog.filter(({ kind, id }) => kind !== "create" && operationHandlers[id] === undefined)
  assert.deepStrictEqual(
    unanswered.map(({ id }) => id),
    []
  )
})

describe("elements", () => {
  it.effect("have ids beyond 2^53, as bare numbers on legacy paths and as strings on new ones", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const task = yield* finishedTask(world, "legacy.elements.create")
      const { text } = yield* sendRequest(world, `GET /v1/general/advanced-custom-elements/${task.task_id}`)
      const [, digits = ""] = /"element_id":(\d+)/.exec(text) ?? []
      assert.match(digits, /^\d{18}$/)
      assert.notStrictEqual(String(Number(digits)), digits)
      const [onNew] = (yield* sendRequest(world, `GET /tasks?task_ids=${task.task_id}`)).json.data
      assert.strictEqual(onNew.outputs[0].id, digits)
    })
  )

  it.effect("are deleted once, without `data`; both libraries share the store", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const task = yield* finishedTask(world, "legacy.elements.create")
      const { text } = yield* sendRequest(world, `GET /v1/general/advanced-custom-elements/${task.task_id}`)
      const [, element_id = ""] = /"element_id":(\d+)/.exec(text) ?? []
      const first = yield* send(world, "/v1/general/delete-elements", { element_id })
      assert.deepStrictEqual(Object.keys(first), ["code", "message", "request_id"])
      const second = yield* send(world, "/v1/general/delete-advanced-elements", { element_id })
      assert.deepStrictEqual([second.code, second.message], [1201, `Element already be deleted for id ${element_id}`])
      const shown = yield* sendRequest(world, "GET /v1/general/advanced-custom-elements")
      assert.strictEqual(shown.json.data[0].task_result.elements[0].status, "deleted")
      assert.deepStrictEqual(yield* charges(world), [])
    })
  )
})

describe("voices", () => {
  it.effect("are deleted with the whole task as the response", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const task = yield* finishedTask(world, "legacy.voices.create")
      const { voice_id } = task.task_result.voices[0]
      const deleted = yield* send(world, "/v1/general/delete-voices", { voice_id })
      assert.strictEqual(deleted.data.task_id, task.task_id)
      assert.strictEqual((yield* send(world, "/v1/general/delete-voices", { voice_id })).code, 1201)
    })
  )

  it.effect("of videos are not accepted for speech", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const [preset] = (yield* sendRequest(world, "GET /v1/general/presets-voices")).json.data
      const { voice_id } = preset.task_result.voices[0]
      const answer = yield* send(world, "/v1/audio/tts", { ...fixtures["legacy.tts"]?.request, voice_id })
      assert.deepStrictEqual([answer.code, answer.message], [1201, "Voice id not found"])
    })
  )
})

describe("calls", () => {
  it.effect.each(["legacy.tts", "legacy.identify-face", "legacy.image-recognize"])("%s is charged immediately", (id) =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      yield* send(world, catalog.find((one) => one.id === id)?.path ?? "", fixtures[id]?.request)
      assert.deepStrictEqual(
        (yield* charges(world)).map(({ operation }) => operation),
        [id]
      )
    })
  )

  it.effect("their files can be downloaded", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const speech = yield* send(world, "/v1/audio/tts", fixtures["legacy.tts"]?.request)
      const cutOuts = yield* send(world, "/v1/videos/image-recognize", fixtures["legacy.image-recognize"]?.request)
      const urls = [...speech.data.task_result.audios, ...cutOuts.data.task_result.images].map(({ url }) => url)
      assert.strictEqual(urls.length, 5)
      for (const url of urls)
        assert.strictEqual((yield* sendRequest(world, `GET ${new URL(url).pathname}`)).status, 200)
    })
  )
})

describe("lip-sync", () => {
  const face = { face_id: "0", audio_id: "1", sound_start_time: 0, sound_end_time: 3000, sound_insert_time: 0 }

  it.effect("uses the video of an earlier face identification, and has its length", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const videoRequest = { model_name: "kling-v3", prompt: "x", duration: "12" }
      const { task_id } = (yield* send(world, "/v1/videos/text2video", videoRequest)).data
      yield* TestClock.adjust("1 hour")
      const [video] = (yield* sendRequest(world, `GET /v1/videos/text2video/${task_id}`)).json.data.task_result.videos
      const faces = (yield* send(world, "/v1/videos/identify-face", { video_id: video.id })).data
      assert.strictEqual(faces.face_data[0].end_time, 12_000)
      const body = { session_id: faces.session_id, face_choose: [face] }
      const lipSync = (yield* send(world, "/v1/videos/advanced-lip-sync", body)).data.task_id
      yield* TestClock.adjust("1 hour")
      const done = (yield* sendRequest(world, `GET /v1/videos/advanced-lip-sync/${lipSync}`)).json.data
      assert.deepStrictEqual(done.task_info.parent_video, { id: video.id, url: video.url, duration: "12" })
      assert.strictEqual(done.task_result.videos[0].duration, "12")
      // Half a unit per started five seconds.
      assert.strictEqual(done.final_unit_deduction, "1.5")
    })
  )

  it.effect("needs an existing session that is less than a day old", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const sync = (session_id: string) =>
        send(world, "/v1/videos/advanced-lip-sync", { session_id, face_choose: [face] })
      assert.strictEqual((yield* sync("1")).code, 1201)
      const { session_id } = (yield* send(world, "/v1/videos/identify-face", { video_url: "https://a.b/c.mp4" })).data
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* sync(session_id)).code, 1201)
    })
  )
})

describe("the editor", () => {
  const editor = "/v1/videos/multi-elements"

  it.effect("selects, removes, clears and edits within one session", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const call = (name: string, body: Loose) => send(world, `${editor}${name}`, body)
      const { session_id } = (yield* call("/init-selection", { video_url: "https://a.b/c.mp4" })).data
      const point = { x: 0.5, y: 0.25 }
      const at = { session_id, frame_index: 3, points: [point] }
      assert.strictEqual((yield* call("/add-selection", at)).data.res.rle_mask_list.length, 1)
      assert.strictEqual((yield* call("/delete-selection", { ...at, points: [{ x: 0.1, y: 0.1 }] })).code, 1201)
      assert.deepStrictEqual((yield* call("/delete-selection", at)).data.res.rle_mask_list, [])
      assert.deepStrictEqual((yield* call("/clear-selection", { session_id })).data, { status: 0, session_id })
      assert.strictEqual((yield* call("/preview-selection", { session_id })).data.session_id, session_id)
      const edit = { session_id, edit_mode: "removal", prompt: "take the duck away" }
      assert.strictEqual((yield* call("", edit)).data.task_status, "submitted")
      assert.strictEqual((yield* call("", { ...edit, session_id: "1" })).code, 1201)
    })
  )

  it.effect("accepts points on ten frames, not on eleven", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { session_id } = (yield* send(world, `${editor}/init-selection`, { video_id: "1" })).data
      const codes = []
      for (let frame_index = 0; frame_index < 11; frame_index++) {
        const body = { session_id, frame_index, points: [{ x: 0, y: 0 }] }
        codes.push((yield* send(world, `${editor}/add-selection`, body)).code)
      }
      assert.deepStrictEqual(codes, [...Array(10).fill(0), 1201])
    })
  )
})
