import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { playSteps } from "../testing/play-steps.ts"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen, startTask } from "../testing/emulated.ts"

type Step = { readonly id?: string; readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> }

const still = { id: "still", tool: "generate_image", arguments: { prompt: "a fox", num_images: 3 } }
const shot = { id: "shot", tool: "generate_image_to_video", arguments: { image_url: "still#2", duration: 8 } }
const next = { id: "next", tool: "extend_video", arguments: { task_id: "shot", prompt: "it runs" } }

describe("quote_cost of steps", () => {
  it.effect("prices what takes from earlier steps as it will be priced once they are made", () => {
    const world = new KlingWorld()
    const steps = [
      still,
      shot,
      next,
      {
        id: "speech",
        tool: "generate_audio",
        arguments: { kind: "speech", text: "Good morning to everybody who lives on this coast" }
      },
      // What is made from a video lasts as long as that.
      { id: "sound", tool: "generate_audio", arguments: { kind: "soundtrack", task_id: "shot" } },
      { id: "spoken", tool: "create_lipsync", arguments: { task_id: "sound", audio_url: "speech" } }
    ]
    return Effect.gen(function* () {
      const { structured, text } = yield* call("quote_cost", { steps })
      expect(yield* requestsSeen(world)).toEqual([])
      const played = yield* playSteps(world, steps)
      const quotes = played.map(({ paid }) => paid["quote"] as { readonly usd: number })
      expect(structured["steps"]).toMatchObject(steps.map(({ id, tool }, at) => ({ id, tool, quote: quotes[at] })))
      const usd = quotes.reduce((sum, quote) => sum + quote.usd, 0)
      expect(structured["quote"]).toMatchObject({ usd: expect.closeTo(usd, 6) })
      expect(text).toContain("\nTogether: Quote: about ")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("keeps the bound where only the result decides the price", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("quote_cost", {
        steps: [
          {
            id: "speech",
            tool: "generate_audio",
            arguments: { kind: "speech", text: "Good morning to everybody who lives on this coast" }
          },
          {
            id: "video",
            tool: "create_avatar_video",
            arguments: { image_url: "https://a.example/a.png", audio_id: "speech" }
          }
        ]
      })
      const [speech, video] = structured["steps"] as ReadonlyArray<{
        readonly quote: { readonly usd: number; readonly at_most_usd: number }
      }>
      expect(video?.quote.at_most_usd).toBeGreaterThan(1)
      expect(structured["quote"]).toMatchObject({
        at_most_usd: expect.closeTo((speech?.quote.usd ?? 0) + (video?.quote.at_most_usd ?? 0), 6)
      })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("has no sum where a price is unknown, and says of which step", () =>
    Effect.gen(function* () {
      const effect = {
        id: "pet",
        tool: "apply_video_effect",
        arguments: { effect_scene: "pet_dance", image_urls: ["still#1"] }
      }
      const { text, structured } = yield* call("quote_cost", { steps: [still, effect] })
      expect(text).toContain("Together: Quote: unknown (2 calls; no price is known of pet)")
      expect(structured["quote"]).not.toHaveProperty("usd")
    }).pipe(Effect.provide(emulated()))
  )

  const refusals: ReadonlyArray<readonly [string, ReadonlyArray<Step>]> = [
    [
      "steps[1].arguments.image_url has 3 results; choose one: still#1 to still#3",
      [still, { ...shot, arguments: { image_url: "still" } }]
    ],
    [
      "steps[1].arguments.task_id is an image, not a video",
      [still, { ...next, arguments: { task_id: "still#1", prompt: "x" } }]
    ],
    ["steps[0].arguments.duration", [{ ...shot, arguments: { image_url: "https://a.example/a.png", duration: 99 } }]],
    [
      "steps[1].tool is not a known tool; nearest: extend_video",
      [
        { ...shot, arguments: { image_url: "https://a.example/a.png" } },
        { ...next, tool: "extend_vid" }
      ]
    ],
    ["steps[1].id still is the name of two steps", [still, still]],
    ["steps[0].id must be a short name", [{ ...still, id: "a/b.png" }]],
    ["steps[0].arguments.image_url", [shot, still]],
    [
      "steps[2].arguments.image_url needs the last frame of a video, and nothing on this machine decodes",
      [still, shot, { tool: "generate_image_to_video", arguments: { image_url: "shot@last" } }]
    ]
  ]
  it.effect.each(refusals)("is refused by the path of the argument: %s", ([message, steps]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", { steps })).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("tells the problems of all steps at once, and none of what takes from a wrong one", () =>
    Effect.gen(function* () {
      const wrong = { ...shot, arguments: { image_url: "still#1", duration: 99, frobnicate: 1 } }
      const { message } = yield* failure("quote_cost", {
        steps: [still, wrong, { ...next, arguments: { task_id: "shot" } }]
      })
      expect(message).toContain("steps[1].arguments.frobnicate")
      expect(message).toContain("steps[1].arguments.duration")
      expect(message).toContain("steps[2].arguments.prompt is required")
      expect(message).not.toContain("steps[2].arguments.task_id")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("stands beside nothing else, and is never empty", () =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", { steps: [still], kind: "video" })).message).toBe(
        "kind is not used with steps"
      )
      const many = Array.from({ length: 21 }, () => still)
      expect((yield* failure("quote_cost", { steps: many })).message).toBe(
        "steps are 21; at most 20 are quoted at once"
      )
      expect((yield* failure("quote_cost", { steps: [] })).message).toContain("tool is required")
      expect((yield* failure("quote_cost", { steps: [1] })).message).toContain("must be a JSON object")
      const byText = yield* call("quote_cost", {
        steps: JSON.stringify([{ ...still, arguments: JSON.stringify(still.arguments) }])
      })
      expect(byText.structured["steps"]).toMatchObject([{ id: "still" }])
    }).pipe(Effect.provide(emulated()))
  )

  const videos = ["one", "two"].map((id) => ({ id, tool: "generate_video", arguments: { prompt: id } }))

  it.effect("says which steps need approval, and gives no token for any", () =>
    Effect.gen(function* () {
      const { structured, text } = yield* call("quote_cost", { steps: [still, ...videos] })
      expect(structured).toMatchObject({
        needs_approval: true,
        steps: [{ needs_approval: false }, { needs_approval: true }, { needs_approval: true }]
      })
      expect(structured).not.toHaveProperty("confirm_token")
      expect(text).toContain("Approval: required for one, two, each when it is called.")
    }).pipe(Effect.provide(emulated(new KlingWorld(), { confirmAboveUsd: 0.1, confirmTokens: true })))
  )

  it.effect.each([
    [{ maxUsdPerCall: 0.5 }, []],
    [{ maxUsdPerCall: 0.3 }, [/^one would be refused: .*\$0\.30 per call/, /^two would be refused/]],
    [{ maxUsdPerDay: 0.5 }, [/^together they would be refused: .*\$0\.84.*\$0\.50 per day/]]
  ] as const)("holds each step to the limit per call, and all to that of the day: %j", ([limits, warnings]) =>
    Effect.gen(function* () {
      const { structured } = yield* call("quote_cost", { steps: videos })
      expect(structured["warnings"]).toEqual(warnings.map((warning) => expect.stringMatching(warning)))
    }).pipe(Effect.provide(emulated(new KlingWorld(), limits)))
  )
})

describe("quote_cost of a call that takes a task which still runs", () => {
  it.effect("is the price that it will have, without a token; the call itself is refused until then", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image = yield* startTask("generate_image", { prompt: "a fox" })
      const quote = { tool: "generate_image_to_video", arguments: { image_url: image } }
      const early = yield* call("quote_cost", quote)
      expect(early.structured["warnings"]).toEqual([`${image} has not finished: make this call when it has`])
      expect(early.structured).toMatchObject({ needs_approval: true })
      expect(early.structured).not.toHaveProperty("confirm_token")
      expect((yield* failure("generate_image_to_video", quote.arguments)).message).toContain("is still")
      yield* passTime(world)
      yield* call("check_image_status", { task_id: image })
      const late = yield* call("quote_cost", quote)
      expect(late.structured["quote"]).toEqual(early.structured["quote"])
      expect(late.structured).toHaveProperty("confirm_token")
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world, { confirmAboveUsd: 0.1, confirmTokens: true })))
  })

  it.effect("is refused where it makes something else", () =>
    Effect.gen(function* () {
      const video = yield* startTask("generate_video", { prompt: "a fox" })
      const { message } = yield* failure("quote_cost", {
        tool: "virtual_try_on",
        arguments: { person_image_url: video, cloth_image_urls: ["https://a.example/a.png"] }
      })
      expect(message).toContain("is a video, not an image")
    }).pipe(Effect.provide(emulated()))
  )
})
