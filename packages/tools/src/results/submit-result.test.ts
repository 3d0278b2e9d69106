import { describe, expect, it } from "@effect/vitest"
import { Kling, operations } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import type { SpendLimits } from "@klingkit/jobs"
import { Effect } from "effect"
import { tools } from "../catalog.ts"
import { call, emulated, failure, ledgerOf, passTime, started } from "../testing/emulated.ts"

const picture = "https://a.example/a.png"

/** A call of every tool that spends; `CLIP` is a finished task. */
const paid: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  generate_video: { prompt: "a cat" },
  generate_image_to_video: { image_url: picture },
  extend_video: { task_id: "CLIP", prompt: "it jumps" },
  create_lipsync: { task_id: "CLIP", tts_text: "Good morning to everybody in this room" },
  apply_video_effect: { image_urls: [picture], effect_scene: "pet_dance" },
  generate_image: { prompt: "a cat" },
  virtual_try_on: { person_image_url: picture, cloth_image_urls: [picture] },
  control_motion: { image_url: picture, video_url: "https://a.example/walk.mp4" },
  create_avatar_video: { image_url: picture, audio_url: "https://a.example/speech.mp3" },
  edit_image: { action: "expand", image_urls: [picture], right: 0.5 },
  generate_audio: { kind: "speech", text: "Good morning" },
  manage_voices: { action: "create", name: "Ada", voice_url: "https://a.example/speech.mp3" },
  describe_image: { image_url: picture },
  call_kling_api: { operation: "new.t2v.kling-3.0", input: JSON.stringify({ prompt: "a bird" }) }
}

/** A price that nobody knows before is nothing that a limit could be held against: it needs an approval under any. */
const unpriced = ["apply_video_effect", "virtual_try_on"]

const limits: ReadonlyArray<readonly [string, SpendLimits]> = [
  ["LEDGER_OVER_BUDGET", { maxUsdPerCall: 0.001 }],
  ["LEDGER_OVER_BUDGET", { maxUsdPerDay: 0.001 }],
  ["JOB_NOT_APPROVED", { confirmAboveUsd: 0.001 }]
]

/** A clip that somebody made without klingkit's ledger. */
const withClip = Effect.fnUntraced(function* (world: KlingWorld, args: Readonly<Record<string, unknown>>) {
  const { handle } = yield* Kling.use((kling) => kling.submit(operations["new.t2v.kling-3.0"], { prompt: "a dog" }))
  yield* passTime(world)
  return args["task_id"] === "CLIP" ? { ...args, task_id: handle } : args
})

describe("every tool that spends", () => {
  it("is known to this test, and says what it would send", () => {
    const charged = tools.filter((tool) => tool.charged)
    expect(Object.keys(paid)).toEqual(charged.map((tool) => tool.name))
    expect(charged.filter((tool) => tool.plan === undefined)).toEqual([])
  })

  it.effect.each(
    Object.entries(paid).flatMap(([name, args]) => limits.map(([code, limit]) => [name, code, limit, args] as const))
  )("stays within the limits: %s, %s, %j", ([name, code, limit, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const asked = yield* withClip(world, args)
      expect((yield* failure(name, asked)).code).toBe(unpriced.includes(name) ? "JOB_NOT_APPROVED" : code)
      yield* passTime(world)
      expect((yield* ledgerOf(world)).charges).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world, limit)))
  })

  it.effect.each(Object.entries(paid))("passes once with the token of its quote: %s", ([name, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const asked = yield* withClip(world, args)
      const quoted = yield* call("quote_cost", { tool: name, arguments: JSON.stringify(asked) })
      const { confirm_token } = quoted.facts
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
      const made = yield* call(name, { ...asked, confirm_token })
      expect(made.facts["quote"]).toEqual(quoted.facts["quote"])
      const { tasks } = yield* ledgerOf(world)
      expect((yield* failure(name, { ...asked, confirm_token, allow_repeat: true })).code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledgerOf(world)).tasks).toEqual(tasks)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.001 })))
  })

  it.effect("makes one task of the same request twice, and another when it is meant", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const [first, second] = [yield* started("generate_video"), yield* started("generate_video")]
      expect(second).toBe(first)
      const third = yield* started("generate_video", { prompt: "a cat", allow_repeat: true })
      expect(third).not.toBe(first)
      expect((yield* ledgerOf(world)).tasks).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("may spend up to the limit", () =>
    Effect.gen(function* () {
      const { facts } = yield* call("generate_video", { prompt: "a cat" })
      expect(facts).toMatchObject({ quote: { usd: 0.42 } })
    }).pipe(Effect.provide(emulated(new KlingWorld(), { maxUsdPerCall: 0.42, confirmAboveUsd: 0.42 })))
  )
})
