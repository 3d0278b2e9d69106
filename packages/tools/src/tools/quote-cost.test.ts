import { describe, expect, it } from "@effect/vitest"
import { variableOf } from "@klingkit/core/internal"
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
      expect(quoted.structured).toMatchObject({
        quote: made.structured["quote"],
        operation: made.structured["operation"]
      })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["duration is not used with kind image", { kind: "image", duration: 5 }],
    ["num_images is not used with kind video", { kind: "video", num_images: 5 }],
    ["kind must be one of video, image", { kind: "film" }],
    ["resolution 4k is not supported by kling-2.6", { kind: "video", model_name: "kling-2.6", resolution: "4k" }]
  ] as const)("refuses: %s", ([message, args]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", args)).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )
})

describe("a call that needs approval", () => {
  const asked = { prompt: "a cat" }
  const quoteOf = (args: object) => ({ tool: "generate_video", arguments: JSON.stringify(args) })

  it.effect("is accepted once with the token of its own quote, and with no other", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const refused = yield* failure("generate_video", asked)
      expect([refused.code, refused.describe(variableOf)]).toEqual([
        "JOB_NOT_APPROVED",
        "the price is $0.42 (3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)); with a limit of $0.10 (KLINGKIT_CONFIRM_ABOVE_USD) it needs an approval; $0.00 is used today"
      ])
      const { text, structured } = yield* call("quote_cost", quoteOf(asked))
      const confirm_token = structured["confirm_token"] as string
      expect(structured).toMatchObject({ needs_approval: true, quote: { usd: 0.42 } })
      expect(text).toContain(`Confirm token: ${confirm_token}`)

      const other = yield* failure("generate_video", { prompt: "a dog", confirm_token })
      expect(other.code).toBe("LEDGER_NOT_APPROVED")
      expect((yield* ledgerOf(world)).tasks).toEqual([])

      const made = yield* call("generate_video", { ...asked, confirm_token })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: made.structured["task_id"] }])
      const replayed = yield* call("generate_video", { ...asked, confirm_token })
      expect(replayed.structured).toMatchObject({ task_id: made.structured["task_id"], repeated: true })
      expect((yield* failure("generate_video", { ...asked, confirm_token, allow_duplicate: true })).code).toBe(
        "LEDGER_NOT_APPROVED"
      )
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.1, confirmTokens: true })))
  })

  it.effect.each([{ maxUsdPerCall: 0.3 }, { maxUsdPerDay: 0.3 }])(
    "reports a limit that no approval lifts: %j",
    (limits) =>
      Effect.gen(function* () {
        const { text, structured } = yield* call("quote_cost", quoteOf(asked))
        expect(structured["warnings"]).toEqual([
          expect.stringMatching(/^this call would be refused: .*\$0\.42.* limit of \$0\.30 per/)
        ])
        expect(text).toContain("Warning: this call would be refused: ")
        expect(structured).not.toHaveProperty("confirm_token")
        expect((yield* call("quote_cost", { kind: "image" })).structured["warnings"]).toEqual([])
      }).pipe(Effect.provide(emulated(new KlingWorld(), { ...limits, confirmAboveUsd: 0.1 })))
  )

  it.effect("gets no token beyond a hard limit, nor where no approval is needed", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("quote_cost", quoteOf(asked))
      expect(structured).toMatchObject({ needs_approval: false })
      expect(structured).not.toHaveProperty("confirm_token")
      expect((yield* failure("generate_video", { ...asked, resolution: "4k" })).code).toBe("LEDGER_OVER_BUDGET")
      expect((yield* ledgerOf(world)).tasks).toEqual([])
    }).pipe(Effect.provide(emulated(world, { maxUsdPerCall: 1 })))
  })

  it.effect.each([
    ["tool must be a paid tool", { tool: "wait" }],
    ["tool is not a known tool; nearest: generate_video", { tool: "generate_vido" }],
    ["arguments is not JSON", { tool: "generate_video", arguments: "prompt=x" }],
    ["arguments must be a JSON object", { tool: "generate_video", arguments: "[]" }],
    ["prompt is required", { tool: "generate_video" }],
    ["kind belongs in arguments", { tool: "generate_video", kind: "video" }],
    ["tool is required, with arguments; or kind: video or image", {}],
    ["arguments requires tool", { arguments: "{}" }]
  ] as const)("is refused: %s", ([message, args]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", args)).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )
})
