import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import {
  call,
  emulated,
  failure,
  ledgerOf,
  passTime,
  requestsSeen,
  startTask,
  injectFault,
  whileTimePasses
} from "../testing/emulated.ts"

const video_url = "https://a.example/talk.mp4"
const lastStep = "legacy.advanced-lip-sync"
const spoken = { video_url, tts_text: "Good morning, and welcome" }

const chargesOf = (world: KlingWorld) =>
  Effect.map(ledgerOf(world), ({ charges }) => charges.map(({ operation, units }) => [operation, units]))

describe("create_lipsync", () => {
  it.effect("speaks a text with the face of an earlier video: three steps, each paid once", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("create_lipsync", { task_id, tts_text: spoken.tts_text })
      expect(text).toMatch(/^Lip-sync video creation started successfully!\nIt takes 3 steps, .+\nTask ID: kk-chain-/)
      expect(structured).toMatchObject({ quote: { state: "estimate", units: 0.6, usd: 0.084 }, warnings: [] })
      yield* passTime(world)
      expect((yield* call("check_video_status", { task_id: structured["task_id"] })).structured).toMatchObject({
        status: "succeed",
        outputs: [{ type: "video" }],
        // With the search for faces and the speech, whose charges Kling does not report.
        charged: "0.6 video units ($0.084), within the quote"
      })
      expect((yield* chargesOf(world)).slice(1)).toEqual([
        ["legacy.tts", 0.05],
        ["legacy.identify-face", 0.05],
        ["legacy.advanced-lip-sync", 0.5]
      ])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("speaks a recording, and says what is unknown until charged", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const asked = { video_url, audio_url: "https://a.example/speech.mp3" }
      const { text, structured } = yield* call("create_lipsync", asked)
      expect(text).toContain("Quote: at most 6.05 units ($0.847), 0.05 video units = 1 call x 0.05 (identify-face) + ")
      expect(structured["warnings"]).toMatchObject([expect.stringContaining("length of the audio is unknown")])
      expect((yield* call("create_lipsync", { ...asked, audio_seconds: 3 })).structured["warnings"]).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is one task and one charge, however often the host repeats the call", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const both = yield* Effect.forkChild(
        Effect.all([call("create_lipsync", spoken), call("create_lipsync", spoken)], { concurrency: 2 })
      )
      const [first, second] = yield* whileTimePasses(Fiber.join(both))
      expect(second.structured["task_id"]).toBe(first.structured["task_id"])
      const again = yield* call("create_lipsync", spoken)
      expect(again.structured).toMatchObject({ task_id: first.structured["task_id"], repeated: true })
      yield* passTime(world)
      expect((yield* chargesOf(world)).map(([operation]) => operation)).toEqual([
        "legacy.tts",
        "legacy.identify-face",
        "legacy.advanced-lip-sync"
      ])
      const meant = yield* call("create_lipsync", { ...spoken, allow_duplicate: true })
      expect(meant.structured["task_id"]).not.toBe(first.structured["task_id"])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("passes the limits as a whole, before its first step is paid", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("create_lipsync", spoken)).code).toBe("JOB_NOT_APPROVED")
      const quoted = yield* call("quote_cost", { tool: "create_lipsync", arguments: JSON.stringify(spoken) })
      const confirm_token = quoted.structured["confirm_token"] as string
      const other = { ...spoken, tts_text: "Something else altogether", confirm_token }
      expect((yield* failure("create_lipsync", other)).code).toBe("LEDGER_NOT_APPROVED")
      expect(yield* chargesOf(world)).toEqual([])
      yield* call("create_lipsync", { ...spoken, confirm_token })
      const repeat = { ...spoken, confirm_token, allow_duplicate: true }
      expect((yield* failure("create_lipsync", repeat)).code).toBe("LEDGER_NOT_APPROVED")
      yield* passTime(world)
      expect(yield* chargesOf(world)).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.001, confirmTokens: true })))
  })

  it.effect("goes on to its end when the host hangs up, and the next call finds it", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "slow", delayMs: 10_000, on: "legacy.identify-face" })
      const calling = yield* Effect.forkChild(call("create_lipsync", spoken))
      const paid = Effect.andThen(TestClock.adjust("50 millis"), chargesOf(world))
      yield* Effect.repeat(paid, { until: (charges) => charges.length > 0 })
      yield* Fiber.interrupt(calling)
      const again = yield* Effect.forkChild(call("create_lipsync", spoken))
      expect((yield* whileTimePasses(Fiber.join(again))).structured).toMatchObject({ repeated: true })
      const tasks = Effect.map(ledgerOf(world), (ledger) => ledger.tasks)
      const created = Effect.andThen(TestClock.adjust("50 millis"), tasks)
      yield* Effect.repeat(created, { until: (all) => all.some(({ operation }) => operation === lastStep) })
      yield* passTime(world)
      expect(yield* chargesOf(world)).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("says what was paid when a later step fails, and the same call resumes from there", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "refuse", code: 1201, message: "no such clip", on: "legacy.identify-face" })
      const error = yield* failure("create_lipsync", spoken)
      expect([error.code, error.wasCharged]).toEqual(["JOB_STEP_FAILED", "yes"])
      expect(error.message).toContain("already paid: 0.05 video units (legacy.tts)")
      expect(yield* chargesOf(world)).toEqual([["legacy.tts", 0.05]])
      const { structured } = yield* call("create_lipsync", spoken)
      expect(structured).toMatchObject({ repeated: true, status: "processing" })
      yield* passTime(world)
      expect((yield* chargesOf(world)).map(([operation]) => operation)).toEqual([
        "legacy.tts",
        "legacy.identify-face",
        lastStep
      ])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["video_url is required", { tts_text: "x" }],
    ["task_id contradicts video_url; give only one of them", { ...spoken, task_id: "1" }],
    ["audio_url or tts_text is required", { video_url }],
    ["audio_url or tts_text is required, but not both", { ...spoken, audio_url: "https://a.example/a.mp3" }],
    ["tts_voice male-warm is not a Kling voice", { ...spoken, tts_voice: "male-warm" }],
    ["tts_voice requires tts_text", { video_url, audio_url: "https://a.example/a.mp3", tts_voice: "oversea_male1" }],
    ["tts_speed 0.5 is outside 0.8 to 2", { ...spoken, tts_speed: 0.5 }],
    ["audio_seconds must be at least 2", { video_url, audio_url: "https://a.example/a.mp3", audio_seconds: 1 }],
    ["model_name is not used", { ...spoken, model_name: "kling-v2-master" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("create_lipsync", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
