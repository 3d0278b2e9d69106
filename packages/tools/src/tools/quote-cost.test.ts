import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, requestsSeen } from "../testing/emulated.ts"

const image = { image_url: "https://a.example/a.png" }

describe("quote_cost", () => {
  it.effect.each([
    ["generate_video", { prompt: "x" }, { kind: "video" }],
    [
      "generate_video",
      { prompt: "x", model_name: "kling-3.0-turbo", duration: 8 },
      { kind: "video", model_name: "kling-3.0-turbo", duration: 8 }
    ],
    [
      "generate_image_to_video",
      { ...image, mode: "professional", audio: "native" },
      { kind: "video", mode: "professional", audio: "native", with_picture: true }
    ],
    ["generate_image", { prompt: "x", num_images: 3 }, { kind: "image", num_images: 3 }],
    [
      "generate_image",
      { prompt: "x", model_name: "kling-v2-1", ref_image_url: image.image_url },
      { kind: "image", model_name: "kling-v2-1", with_picture: true }
    ]
  ] as const)("says what %s will say: %j", ([tool, args, asked]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const quoted = yield* call("quote_cost", asked)
      expect(yield* requestsSeen(world)).toEqual([])
      const made = yield* call(tool, args)
      expect(quoted.facts).toMatchObject({ quote: made.facts["quote"], operation: made.facts["operation"] })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["duration has no meaning for kind image", { kind: "image", duration: 5 }],
    ["num_images has no meaning for kind video", { kind: "video", num_images: 5 }],
    ["kind must be one of video, image", { kind: "film" }],
    ["resolution 4k is not possible with kling-2.6", { kind: "video", model_name: "kling-2.6", resolution: "4k" }]
  ] as const)("refuses: %s", ([message, args]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", args)).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )
})

describe("a call that needs an approval", () => {
  const asked = { prompt: "a cat" }
  const quoteOf = (args: object) => ({ tool: "generate_video", arguments: JSON.stringify(args) })

  it.effect("passes once with the token of its own quote, and with no other", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const refused = yield* failure("generate_video", asked)
      expect([refused.code, refused.message]).toEqual([
        "JOB_NOT_APPROVED",
        "the price is $0.42 (3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)); with a limit of $0.10 (KLINGKIT_CONFIRM_ABOVE_USD) it needs an approval; $0.00 spent today"
      ])
      const { text, facts } = yield* call("quote_cost", quoteOf(asked))
      const confirm_token = facts["confirm_token"] as string
      expect(facts).toMatchObject({ needs_approval: true, quote: { usd: 0.42 } })
      expect(text).toContain(`Confirm token: ${confirm_token}`)

      const other = yield* failure("generate_video", { prompt: "a dog", confirm_token })
      expect(other.code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledgerOf(world)).tasks).toEqual([])

      const made = yield* call("generate_video", { ...asked, confirm_token })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: made.facts["task_id"] }])
      const replayed = yield* call("generate_video", { ...asked, confirm_token })
      expect(replayed.facts).toMatchObject({ task_id: made.facts["task_id"], repeated: true })
      expect((yield* failure("generate_video", { ...asked, confirm_token, allow_repeat: true })).code).toBe(
        "LEDGER_NOT_APPROVED"
      )
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.1 })))
  })

  it.effect.each([{ maxUsdPerCall: 0.3 }, { maxUsdPerDay: 0.3 }])(
    "is told of a limit that no approval lifts: %j",
    (limits) =>
      Effect.gen(function* () {
        const { text, facts } = yield* call("quote_cost", quoteOf(asked))
        expect(facts["warnings"]).toEqual([
          expect.stringMatching(/^this call would be refused: .*\$0\.42.* limit of \$0\.30 per/)
        ])
        expect(text).toContain("Warning: this call would be refused: ")
        expect(facts).not.toHaveProperty("confirm_token")
        expect((yield* call("quote_cost", { kind: "image" })).facts["warnings"]).toEqual([])
      }).pipe(Effect.provide(emulated(new KlingWorld(), { ...limits, confirmAboveUsd: 0.1 })))
  )

  it.effect("gets no token past a hard limit, and none where none is needed", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { facts } = yield* call("quote_cost", quoteOf(asked))
      expect(facts).toMatchObject({ needs_approval: false })
      expect(facts).not.toHaveProperty("confirm_token")
      expect((yield* failure("generate_video", { ...asked, resolution: "4k" })).code).toBe("LEDGER_OVER_BUDGET")
      expect((yield* ledgerOf(world)).tasks).toEqual([])
    }).pipe(Effect.provide(emulated(world, { maxUsdPerCall: 1 })))
  })

  it.effect.each([
    ["tool must be one that spends", { tool: "wait" }],
    ["tool has no such value; nearest: generate_video", { tool: "generate_vido" }],
    ["arguments is not JSON", { tool: "generate_video", arguments: "prompt=x" }],
    ["arguments must be a JSON object", { tool: "generate_video", arguments: "[]" }],
    ["prompt is required", { tool: "generate_video" }],
    ["kind belongs into arguments", { tool: "generate_video", kind: "video" }],
    ["kind is required", {}],
    ["arguments needs tool", { arguments: "{}" }]
  ] as const)("is refused: %s", ([message, args]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", args)).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )
})
