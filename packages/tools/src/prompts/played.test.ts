import { describe, expect, it } from "@effect/vitest"
import { videoModels } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { tools } from "../catalog.ts"
import { call, emulated, ledgerOf } from "../testing/emulated.ts"
import { playSteps, type Step } from "../testing/play-steps.ts"
import { prompts } from "./catalog.ts"

const url = "https://a.example/photo.png"
const words = "Good morning to everybody who lives on this coast"

type Given = Readonly<Record<string, string>>
interface Played {
  readonly prompt: string
  readonly given: Given
  /** A tool that this server does not have. */
  readonly without?: string
  readonly steps: ReadonlyArray<Step>
}

const live = videoModels.filter(({ state }) => state === "live")

/** One video for each shot: what every model can begin. */
const shotByShot = (model_name: string): Played => ({
  prompt: "storyboard",
  given: { model_name },
  steps: [
    { id: "one", tool: "generate_video", arguments: { model_name, prompt: "a fox in snow", aspect_ratio: "16:9" } },
    { id: "two", tool: "extend_video", arguments: { task_id: "one", prompt: "it crosses a brook" } },
    { id: "three", tool: "extend_video", arguments: { task_id: "two", prompt: "it looks up" } }
  ]
})

/** All shots in one video, where the model takes them. */
const inOneVideo = (model_name: string, multi_shot: boolean): Played => ({
  prompt: "storyboard",
  given: { model_name },
  steps: [
    {
      id: "shots",
      tool: "generate_video",
      arguments: {
        model_name,
        prompt: "shot 1, 2, a fox in snow; shot 2, 3, it crosses a brook;",
        duration: 5,
        ...(multi_shot ? { multi_shot } : {})
      }
    }
  ]
})

const images = {
  id: "images",
  tool: "generate_image",
  arguments: {
    model_name: "kling-v2-1",
    prompt: "a cup on a wooden table",
    ref_image_url: url,
    ref_image_weight: 0.7,
    aspect_ratio: "1:1",
    num_images: 3
  }
}

const plays: ReadonlyArray<Played> = [
  ...live.map(({ id }) => shotByShot(id)),
  ...live.flatMap(({ id, multiShot }) => (multiShot === false ? [] : [inOneVideo(id, multiShot === true)])),
  {
    prompt: "product_shot",
    given: { model_name: "kling-v2-1" },
    steps: [
      images,
      {
        id: "video",
        tool: "generate_image_to_video",
        arguments: { image_url: "images#2", prompt: "the camera moves closer", duration: 5 }
      }
    ]
  },
  ...[
    { effect_scene: "pet_dance", image_urls: ["images#2"] },
    { effect_scene: "hug_pro", image_urls: ["images#1", "images#3"] }
  ].map((effect) => ({
    prompt: "product_shot",
    given: { model_name: "kling-v2-1", effect_scene: effect.effect_scene },
    steps: [images, { id: "video", tool: "apply_video_effect", arguments: effect }]
  })),
  {
    prompt: "talking_avatar",
    given: { words },
    steps: [
      { id: "speech", tool: "generate_audio", arguments: { kind: "speech", text: words, voice: "oversea_male1" } },
      { id: "video", tool: "create_avatar_video", arguments: { image_url: url, audio_id: "speech" } }
    ]
  },
  {
    prompt: "talking_avatar",
    given: { words },
    without: "create_avatar_video",
    steps: [
      {
        id: "video",
        tool: "generate_image_to_video",
        arguments: { image_url: url, prompt: "the subject talks calmly", duration: 4 }
      },
      {
        id: "spoken",
        tool: "create_lipsync",
        arguments: { task_id: "video", tts_text: words, tts_voice: "oversea_male1" }
      }
    ]
  }
]

describe("what a prompt asks for can be done", () => {
  it.effect.each(
    plays.map((play) => [`${play.prompt} ${JSON.stringify(play.given)}, ${play.steps.length} steps`, play] as const)
  )("%s", ([, { prompt: name, given, without, steps }]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const prompt = prompts.find((one) => one.name === name)
      const text = prompt?.text(given, (tool) => tool !== without && tools.some((one) => one.name === tool))
      // What is played is what the text says.
      for (const { tool, arguments: args } of steps) {
        for (const word of [tool, ...Object.keys(args)]) expect(text).toMatch(new RegExp(`\\b${word}\\b`))
      }
      const { structured } = yield* call("quote_cost", { steps })
      expect((yield* ledgerOf(world)).tasks).toEqual([])
      const played = yield* playSteps(world, steps)
      for (const { finished } of played) expect(finished["status"]).toBe("succeed")
      expect(played.at(-1)?.finished["outputs"]).toMatchObject([{ type: "video" }])
      const { usd = Infinity, at_most_usd = usd } = structured["quote"] as {
        readonly usd?: number
        readonly at_most_usd?: number
      }
      const charged = (yield* ledgerOf(world)).charges.reduce((sum, charge) => sum + charge.usd, 0)
      expect(charged).toBeGreaterThan(0)
      expect(charged).toBeLessThanOrEqual(at_most_usd + 1e-6)
    }).pipe(Effect.provide(emulated(world)))
  })
})
