import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, injectFault, ledgerOf, passTime, requestsSeen } from "./testing/emulated.ts"

const video = { prompt: "a cat", variants: 3 }
const takesOf = (structured: Readonly<Record<string, unknown>>) =>
  structured["takes"] as ReadonlyArray<Readonly<Record<string, unknown>>>

describe("a call for several takes", () => {
  it.effect("starts as many tasks, names each, and prices all; a replay is the same tasks", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("generate_video", video)
      expect(text).toMatch(
        /^Video generation started successfully! 3 takes, each a task of its own\.\nTake 1\nTask ID: kk-t2v-[0-9a-z]{26}\nStatus: submitted\nTake 2\n/
      )
      expect(text).toContain("Quote: 1.26 USD, 3 takes, each 3 video units")
      expect(structured).toMatchObject({ quote: { usd: 1.26, units: 9 } })
      const handles = takesOf(structured).map(({ task_id }) => task_id)
      expect(structured["task_id"]).toBe(handles[0])
      const again = yield* call("generate_video", video)
      expect(again.text).toMatch(/^This request was made before: these are its tasks; nothing was sent\./)
      expect(takesOf(again.structured).map(({ task_id, repeated }) => [task_id, repeated])).toEqual(
        handles.map((handle) => [handle, true])
      )
      expect((yield* call("generate_video", { prompt: "a cat", take: 3 })).structured["task_id"]).toBe(handles[2])
      yield* passTime(world)
      const { charges } = yield* ledgerOf(world)
      expect(charges).toHaveLength(3)
      expect(new Set(charges.map(({ externalTaskId }) => externalTaskId))).toEqual(new Set(handles))
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is refused as a whole where the limits do not allow all: nothing is sent", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { message } = yield* failure("generate_video", video)
      expect(message).toContain("the quote of $1.26 exceeds the limit of $1.00 per call")
      expect(yield* requestsSeen(world)).toEqual([])
      yield* call("generate_video", { ...video, variants: 2 })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world, { maxUsdPerCall: 1 })))
  })

  it.effect("needs one approval for all, by a token that approves no other number of them", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("generate_video", video)).message).toContain("needs an approval")
      const tokenFor = Effect.fnUntraced(function* (args: object) {
        const quoted = yield* call("quote_cost", { tool: "generate_video", arguments: JSON.stringify(args) })
        return quoted.structured
      })
      const other = yield* tokenFor({ ...video, variants: 4 })
      expect(other).toMatchObject({ quote: { usd: 1.68 }, needs_approval: true })
      const misused = yield* failure("generate_video", { ...video, confirm_token: other["confirm_token"] })
      expect(misused.message).toContain("the approval is unknown")
      expect(yield* requestsSeen(world)).toEqual([])
      const { confirm_token } = yield* tokenFor(video)
      yield* call("generate_video", { ...video, confirm_token })
      yield* call("generate_video", { ...video, confirm_token })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(3)
      expect((yield* failure("generate_video", { ...video, take: 4, confirm_token })).message).toContain(
        "the approval is"
      )
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 1, confirmTokens: true })))
  })

  it.effect("is approved for its number of takes also where no price is published", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const effect = { image_urls: ["https://example.com/a.jpg"], effect_scene: "pet_dance" }
      const quoted = yield* call("quote_cost", {
        tool: "apply_video_effect",
        arguments: JSON.stringify({ ...effect, variants: 2 })
      })
      expect(quoted.structured["needs_approval"]).toBe(true)
      const { confirm_token } = quoted.structured
      for (const variants of [1, 3]) {
        const misused = yield* failure("apply_video_effect", { ...effect, variants, confirm_token })
        expect(misused.message).toContain("the approval is unknown")
      }
      expect(yield* requestsSeen(world)).toEqual([])
      yield* call("apply_video_effect", { ...effect, variants: 2, confirm_token })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world, { maxUsdPerDay: 5, confirmTokens: true })))
  })

  it.effect("says of each take what was made and what was charged", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "refuse", code: 1301, nth: 2 })
      const { text, structured } = yield* call("generate_video", video)
      const outcomes = takesOf(structured).map(({ status, charged }) => `${String(status)} ${String(charged)}`)
      expect(outcomes.toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
        "failed no",
        "submitted undefined",
        "submitted undefined"
      ])
      expect(text).toMatch(/Status: failed\nError: .*1301.*\nCharged: no\nNext: /)
      yield* passTime(world)
      expect((yield* ledgerOf(world)).charges).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["create_lipsync", { video_url: "https://example.com/a.mp4", tts_text: "Good morning", variants: 2 }],
    ["generate_audio", { kind: "speech", text: "Good morning", variants: 2 }],
    ["call_kling_api", { operation: "account.costs", input: `{"startTime":0,"endTime":1}`, variants: 2 }],
    ["generate_video", { ...video, variants: 5 }],
    ["generate_video", { ...video, allow_duplicate: true }]
  ] as const)("is refused where takes cannot be numbered: %s %j", ([tool, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure(tool, args)).message).toMatch(/^(variants|allow_duplicate) /)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("can be made of any operation that makes a task, and under a key", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const input = JSON.stringify({ prompt: "a dog" })
      const args = { operation: "new.t2v.kling-3.0", input, variants: 2, idempotency_key: "order-7" }
      const { structured } = yield* call("call_kling_api", args)
      expect(takesOf(structured)).toHaveLength(2)
      yield* passTime(world)
      yield* call("call_kling_api", args)
      expect((yield* ledgerOf(world)).charges).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })
})
