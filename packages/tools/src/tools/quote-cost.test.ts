import { describe, expect, it } from "@effect/vitest"
import { variableOf } from "@klingkit/core/internal"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { formatError } from "../results/format-error.ts"
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

describe("cheaper settings", () => {
  const expensive = { model_name: "kling-3.0", duration: 10, resolution: "1080p", audio: "native" }

  it.effect("have their price, and the arguments with which the call costs that", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const ofCall = yield* call("quote_cost", { tool: "generate_video", arguments: { prompt: "a fox", ...expensive } })
      expect(ofCall.structured["cheaper"]).toEqual([
        { change: "5 s instead of 10 s", settings: { duration: 5 }, usd: 0.84, units: 6, of: "video", saves_usd: 0.84 },
        { change: "no audio", settings: { audio: "off" }, usd: 1.12, units: 8, of: "video", saves_usd: 0.56 },
        {
          change: "resolution 720p instead of 1080p",
          settings: { resolution: "720p" },
          usd: 1.26,
          units: 9,
          of: "video",
          saves_usd: 0.42
        }
      ])
      expect(ofCall.text).toContain("Cheaper: no audio: $1.12, 8 video units\n")
      expect((yield* call("quote_cost", { kind: "video", ...expensive })).structured["cheaper"]).toEqual(
        ofCall.structured["cheaper"]
      )
      for (const { settings, usd } of ofCall.structured["cheaper"] as ReadonlyArray<{
        settings: object
        usd: number
      }>) {
        const made = yield* call("generate_video", { prompt: "a fox", ...expensive, ...settings })
        expect(made.structured["quote"]).toMatchObject({ usd })
      }
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    [
      { maxUsdPerCall: 1.2 },
      {},
      "make it cheaper (5 s instead of 10 s: $0.84; no audio: $1.12), or raise KLINGKIT_MAX_USD_PER_CALL"
    ],
    [
      { maxUsdPerCall: 1.2 },
      { variants: 2 },
      "make it cheaper (5 s instead of 10 s: $1.68; no audio: $2.24), or raise KLINGKIT_MAX_USD_PER_CALL"
    ],
    [
      { maxUsdPerDay: 1.3 },
      {},
      "wait until tomorrow (UTC), make it cheaper (5 s instead of 10 s: $0.84), or raise KLINGKIT_MAX_USD_PER_DAY"
    ],
    [{ maxUsdPerCall: 0.5 }, {}, "ask for less, or raise KLINGKIT_MAX_USD_PER_CALL"]
  ] as const)("are named by a refusal over %j where they are within it", ([limits, more, advice]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      if ("maxUsdPerDay" in limits) yield* call("generate_video", { prompt: "earlier" })
      const paid = { prompt: "a fox", ...expensive, ...more }
      const refused = yield* failure("generate_video", paid)
      expect(formatError({ charged: true }, refused).lines.join(" ")).toContain(`Next: ${advice}; nothing was sent`)
      const { text } = yield* call("quote_cost", { tool: "generate_video", arguments: paid })
      expect(text).toContain("Warning: this call would be refused: ")
      expect((yield* ledgerOf(world)).charges).toEqual([])
    }).pipe(Effect.provide(emulated(world, limits)))
  })

  it.effect("are those of several takes, of a repeated task, and none where there are none", () =>
    Effect.gen(function* () {
      const cheaperOf = (tool: string, args: object) =>
        Effect.map(call("quote_cost", { tool, arguments: args }), ({ structured }) => structured["cheaper"])
      const { structured } = yield* call("generate_video", { prompt: "a fox", ...expensive })
      expect(yield* cheaperOf("generate_video", { prompt: "a cat", ...expensive, variants: 2 })).toMatchObject([
        { usd: 1.68, units: 12, saves_usd: 1.68 },
        { usd: 2.24 },
        { usd: 2.52 }
      ])
      const task_id = structured["task_id"]
      expect(yield* cheaperOf("repeat_task", { task_id, changes: { audio: "off" } })).toMatchObject([
        { settings: { duration: 5 }, usd: 0.56 },
        { settings: { model_name: "kling-2.6" }, usd: 0.7 },
        { settings: { resolution: "720p" }, usd: 0.84 }
      ])
      expect(yield* cheaperOf("generate_video", { prompt: "a fox", model_name: "kling-2.5-turbo" })).toEqual([])
      const tryOn = { person_image_url: image.image_url, cloth_image_urls: [image.image_url] }
      expect(yield* cheaperOf("virtual_try_on", tryOn)).toEqual([])
      // Several steps.
      expect(
        yield* cheaperOf("create_lipsync", { video_url: "https://a.example/a.mp4", tts_text: "hi" })
      ).toBeUndefined()
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
