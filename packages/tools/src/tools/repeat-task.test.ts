import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsIn, startTask } from "../testing/emulated.ts"

/** What Kling charges for, once every task has ended. */
const chargesOf = (world: KlingWorld) =>
  Effect.andThen(
    passTime(world),
    Effect.map(ledgerOf(world), ({ charges }) => charges)
  )

describe("repeat_task", () => {
  it.effect("makes a task again with every setting but the changed one, and is charged once", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const settings = { model_name: "kling-2.6", resolution: "1080p", duration: 10, audio: "native" }
      const task_id = yield* startTask("generate_video", { prompt: "a fox", ...settings })
      const sent = requestsIn(world)
      const again = yield* call("repeat_task", { task_id, changes: { aspect_ratio: "9:16" } })
      expect(again.text).toContain(`Made again from ${task_id} with another aspect_ratio.`)
      expect(again.structured).toMatchObject({ repeat_of: task_id, model: "kling-2.6", repeated: false })
      expect(sent()).toMatchObject([
        {
          prompt: "a fox",
          settings: { resolution: "1080p", duration: 10, audio: "native", aspect_ratio: "9:16" }
        }
      ])
      expect(again.structured["task_id"]).not.toBe(task_id)
      const replay = yield* call("repeat_task", { task_id, changes: '{"aspect_ratio": "9:16"}' })
      expect(replay.structured).toMatchObject({ task_id: again.structured["task_id"], repeated: true })
      expect(yield* chargesOf(world)).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("keeps the first frame of a video, and says where each input came from", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image_url = "https://a.example/cat.png"
      const task_id = yield* startTask("generate_image_to_video", { image_url, prompt: "it jumps" })
      const sent = requestsIn(world)
      yield* call("repeat_task", { task_id, changes: { duration: 10, prompt: "it sleeps" } })
      expect(JSON.stringify(sent())).toContain(image_url)
      expect(sent()).toMatchObject([{ settings: { duration: 10 } }])
      const { structured, text } = yield* call("check_video_status", { task_id })
      expect(structured).toMatchObject({
        model: "kling-3.0",
        prompt: "it jumps",
        settings: { duration: 5, resolution: "720p" },
        inputs: [{ name: "image_url", source: image_url }]
      })
      expect(text).toContain(`Input image_url: ${image_url}`)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is the same task without changes, and another one as take 2", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_image", { prompt: "a kite", take: 2 })
      const same = yield* call("repeat_task", { task_id })
      expect(same.structured).toMatchObject({ task_id, repeated: true })
      expect(same.text).toContain("To make another, set take: 3.")
      const third = yield* call("repeat_task", { task_id, take: 3 })
      expect(third.structured).toMatchObject({ repeated: false })
      expect(yield* chargesOf(world)).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("finds its task by Kling's id, and that of a result", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video", { prompt: "a fox" })
      yield* passTime(world)
      const { structured } = yield* call("check_video_status", { task_id })
      const [output] = structured["outputs"] as ReadonlyArray<{ readonly id: string }>
      for (const id of [String(structured["kling_task_id"]), output?.id ?? ""]) {
        expect((yield* call("repeat_task", { task_id: id })).structured).toMatchObject({ repeat_of: task_id })
      }
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("takes a setting back to its default", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video", { prompt: "a fox", duration: 10, aspect_ratio: "9:16" })
      const sent = requestsIn(world)
      yield* call("repeat_task", { task_id, changes: { duration: null } })
      expect(sent()).toMatchObject([{ settings: { duration: 5, aspect_ratio: "9:16" } }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("repeats a lip-sync as a whole, and refuses one of its steps by naming it", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const spoken = { video_url: "https://a.example/talk.mp4", tts_text: "Good morning, and welcome" }
      const task_id = yield* startTask("create_lipsync", spoken)
      yield* passTime(world)
      const again = yield* call("repeat_task", { task_id, changes: { tts_text: "Good night, and farewell" } })
      expect(again.structured["task_id"]).toMatch(/^kk-chain-/)
      expect(again.structured["task_id"]).not.toBe(task_id)
      const charges = yield* chargesOf(world)
      const step = charges.find(({ externalTaskId }) => externalTaskId.startsWith("kk-lipsync"))?.externalTaskId
      const error = yield* failure("repeat_task", { task_id: step })
      expect(error.reason).toMatchObject({ _tag: "NotRepeatable", why: "step", pipeline: task_id })
      expect(yield* chargesOf(world)).toHaveLength(charges.length)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("has its price and its approval like any paid call", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const asked = { prompt: "a fox", duration: 5 }
      const { structured: first } = yield* call("quote_cost", {
        tool: "generate_video",
        arguments: JSON.stringify(asked)
      })
      const task_id = yield* startTask("generate_video", { ...asked, confirm_token: first["confirm_token"] })
      const longer = { task_id, changes: { duration: 10 } }
      expect((yield* failure("repeat_task", longer)).code).toBe("JOB_NOT_APPROVED")
      const { structured } = yield* call("quote_cost", { tool: "repeat_task", arguments: JSON.stringify(longer) })
      expect(structured).toMatchObject({ needs_approval: true, quote: { usd: 0.84 } })
      const { confirm_token } = structured
      const other = { ...longer, changes: { duration: 15 }, confirm_token }
      expect((yield* failure("repeat_task", other)).code).toBe("LEDGER_NOT_APPROVED")
      yield* call("repeat_task", { ...longer, confirm_token })
      expect(yield* chargesOf(world)).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.1, confirmTokens: true })))
  })

  it.effect("says what to do about a task whose settings it does not have", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video", { prompt: "a fox" })
      const elsewhere = Effect.gen(function* () {
        const error = yield* failure("repeat_task", { task_id, changes: { duration: 10 } })
        expect(error.code).toBe("JOB_NOT_REPEATABLE")
        expect(error.message).toContain("was not made with this ledger")
      })
      yield* elsewhere.pipe(Effect.provide(emulated(world)))
      expect(yield* chargesOf(world)).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["sound is not a setting of generate_video; the settings are: prompt", { sound: "on" }],
    ["duration", { duration: 400 }],
    ["changes must be a JSON object", "{duration"],
    ["changes must be a JSON object", [1]]
  ] as const)("refuses before anything is sent: %s", ([message, changes]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video", { prompt: "a fox" })
      expect((yield* failure("repeat_task", { task_id, changes })).message).toContain(message)
      expect(yield* chargesOf(world)).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })
})
