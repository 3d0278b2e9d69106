import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Result } from "effect"
import { findTool } from "./catalog.ts"
import { call, emulated, passTime, requestsIn, startTask } from "./testing/emulated.ts"

/** The only outcomes of an argument: it is sent at a path of the body or query, or replaced or refused with a reason. */
type Outcome =
  | { readonly sends: string; readonly as: unknown }
  | { readonly warned: string }
  | { readonly refused: string }
const sends = (path: string, as: unknown): Outcome => ({ sends: path, as })
const warned = (reason: string): Outcome => ({ warned: reason })
const refused = (reason: string): Outcome => ({ refused: reason })

/** The values of each argument; `beside` holds the other arguments of that call. */
type Arguments = Readonly<
  Record<string, ReadonlyArray<readonly [value: unknown, outcome: Outcome, beside?: Readonly<Record<string, unknown>>]>>
>

const image = "https://example.com/a.png"
const other = "https://example.com/b.png"
const video = "https://example.com/clip.mp4"
const speech = "https://example.com/speech.mp3"
/** Placeholder for a task that has made a video. */
const videoTask = "VIDEO TASK"
const off = (model: string, replacement: string) =>
  refused(`${model} was retired by Kling on 2026-09-15; use ${replacement} instead`)

const retiredModels = (replacements: readonly [string, string, string, string]): Arguments => ({
  model_name: (["kling-v1", "kling-v1.5", "kling-v1.6", "kling-v2-master"] as const).map((model, index) => [
    model,
    off(model, replacements[index] ?? "")
  ])
})
const videoModels = retiredModels(["kling-2.5-turbo", "kling-2.5-turbo", "kling-2.5-turbo", "kling-3.0"])
const negative: Arguments = { negative_prompt: [["blur", sends("negative_prompt", "blur")]] }
const retiredScale: Arguments = {
  cfg_scale: [0, 0.5, 1].map((scale) => [scale, refused("worked only with the v1 models, which Kling has retired")])
}
const settings: Arguments = {
  duration: [
    ["5", sends("settings.duration", 5)],
    ["10", sends("settings.duration", 10)]
  ],
  mode: [
    ["standard", sends("settings.resolution", "720p")],
    ["professional", sends("settings.resolution", "1080p")]
  ]
}
const pages: Arguments = {
  page: [[1, sends("limit", 11)]],
  page_size: [
    [1, sends("limit", 2)],
    [100, sends("limit", 21)]
  ]
}

/** Every argument of mcp-kling 5.2.0 with every value that its schema allows, or the ends of a range. */
const documented: Readonly<
  Record<string, { readonly least: Readonly<Record<string, unknown>>; readonly args: Arguments }>
> = {
  generate_video: {
    least: { prompt: "a fox" },
    args: {
      prompt: [["a fox", sends("prompt", "a fox")]],
      ...negative,
      ...videoModels,
      ...settings,
      ...retiredScale,
      aspect_ratio: ["16:9", "9:16", "1:1"].map((ratio) => [ratio, sends("settings.aspect_ratio", ratio)]),
      camera_control: ["simple", "down_back", "forward_up", "right_turn_forward", "left_turn_forward"].map((type) => [
        { type, config: { horizontal: 1, vertical: 0, pan: 0, tilt: 0, roll: 0, zoom: 0 } },
        refused("describe the camera in the prompt")
      ])
    }
  },
  generate_image_to_video: {
    least: { image_url: image, prompt: "it runs" },
    args: {
      image_url: [[other, sends("contents[1].url", other)]],
      prompt: [["it runs", sends("contents[0].text", "it runs")]],
      image_tail_url: [[other, sends("contents[2].url", other)]],
      ...negative,
      ...videoModels,
      ...settings,
      ...retiredScale
    }
  },
  check_video_status: {
    least: {},
    args: { task_id: [["893605946401011707", sends("task_ids", "893605946401011707")]] }
  },
  check_image_status: {
    least: {},
    args: { task_id: [["893605946401011707", sends("task_ids", "893605946401011707")]] }
  },
  extend_video: {
    least: { task_id: videoTask, prompt: "it jumps" },
    args: {
      task_id: [[videoTask, sends("contents[1].url", expect.stringContaining(".mp4"))]],
      prompt: [["it jumps", sends("contents[0].text", "The shot that follows @video_1: it jumps")]],
      model_name: ["kling-v1", "kling-v1.5", "kling-v1.6", "kling-v2-master"].map((model) => [
        model,
        refused(`${model} cannot continue a video; choose kling-3.0-omni, kling-o1`)
      ]),
      duration: [["5", sends("settings.duration", 5)]],
      mode: settings["mode"] ?? []
    }
  },
  create_lipsync: {
    least: { video_url: video, tts_text: "Hello there, I am a fox." },
    args: {
      video_url: [[video, sends("video_url", video)]],
      audio_url: [[speech, sends("face_choose[0].sound_file", speech), { video_url: video }]],
      tts_text: [["I walk through the snow.", sends("text", "I walk through the snow.")]],
      tts_voice: ["male-warm", "male-energetic", "female-gentle", "female-professional"]
        .concat("male-deep", "female-cheerful", "male-calm", "female-youthful")
        .map((voice) => [voice, refused(`${voice} is not a Kling voice`)]),
      tts_speed: [
        [0.5, refused("0.8")],
        [1, sends("voice_speed", 1)],
        [2, sends("voice_speed", 2)]
      ],
      model_name: [["kling-v2-master", refused("Kling's lip-sync has no models")]]
    }
  },
  apply_video_effect: {
    least: { image_urls: [image], effect_scene: "squish" },
    args: {
      image_urls: [[[other], sends("input.image", other)]],
      effect_scene: [
        ["hug", refused("hug was discontinued by Kling on 2026-01-30; did you mean hug_pro?")],
        ["kiss", refused("kiss was discontinued by Kling on 2026-01-30; did you mean kiss_pro?")],
        ["heart_gesture", refused("nearest: heart_gesture_pro")],
        ...["squish", "expansion", "fuzzyfuzzy", "bloombloom", "dizzydizzy"].map(
          (scene) => [scene, sends("effect_scene", scene)] as const
        )
      ],
      duration: ["5", "10"].map((seconds) => [seconds, refused("Kling no longer takes a length for effects")]),
      model_name: [["kling-v1.6", refused("Kling no longer takes a model for effects")]]
    }
  },
  generate_image: {
    least: { prompt: "a fox", ref_image_url: image },
    args: {
      prompt: [["a fox", sends("prompt", "a fox")]],
      negative_prompt: [["blur", sends("negative_prompt", "blur"), { prompt: "a fox" }]],
      model_name: [
        ["kling-v1", off("kling-v1", "kling-v2-1")],
        ["kling-v1.5", off("kling-v1.5", "kling-v2-1")],
        ["kling-v1.6", refused("kling-v1.6 is a video model; choose kling-v3")],
        ["kling-v2-master", refused("kling-v2-master is a video model; choose kling-v3")]
      ],
      aspect_ratio: ["16:9", "9:16", "1:1", "4:3", "3:4", "2:3", "3:2"].map((ratio) => [
        ratio,
        sends("aspect_ratio", ratio)
      ]),
      num_images: [1, 2, 3, 4].map((count) => [count, sends("n", count)]),
      ref_image_url: [[image, sends("image", image)]],
      ref_image_weight: [0, 0.5, 1].map((weight) => [weight, sends("image_fidelity", weight)])
    }
  },
  virtual_try_on: {
    least: { person_image_url: image, cloth_image_urls: [other] },
    args: {
      person_image_url: [[other, sends("contents[1].url", other)]],
      cloth_image_urls: [
        [[image], sends("contents[0].url", image)],
        [[image, other], refused("one garment per task; call again with the result for the next")]
      ],
      model_name: ["kolors-virtual-try-on-v1", "kolors-virtual-try-on-v1.5"].map((model) => [
        model,
        warned(`${model} was replaced by try-on 3.0`)
      ])
    }
  },
  list_tasks: {
    least: {},
    args: {
      ...pages,
      status: [
        ["submitted", sends("filters[0].values[0]", "submitted")],
        ["processing", sends("filters[0].values[0]", "processing")],
        ["succeed", sends("filters[0].values[0]", "succeeded")],
        ["failed", sends("filters[0].values[0]", "failed")]
      ],
      start_time: [["2026-09-01T08:00:00Z", sends("start_time", Date.UTC(2026, 8, 1, 8))]],
      end_time: [["2026-09-02T08:00:00Z", sends("end_time", Date.UTC(2026, 8, 2, 8))]]
    }
  },
  get_resource_packages: { least: {}, args: {} },
  get_account_balance: { least: {}, args: {} }
}

const cases = Object.entries(documented).flatMap(([tool, { least, args }]) =>
  Object.entries(args).flatMap(([name, values]) =>
    values.map(
      ([value, outcome, beside = least]) =>
        [`${tool}: ${name} = ${JSON.stringify(value)}`, tool, { ...beside, [name]: value }, outcome, name] as const
    )
  )
)

const at = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .filter((step) => step !== "")
    .reduce<unknown>((inside, step) => (inside as Readonly<Record<string, unknown>> | undefined)?.[step], value)

describe("an argument of mcp-kling", () => {
  it.effect.each(cases)("%s", ([, tool, args, outcome, name]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const requests = requestsIn(world)
      const actual = Object.entries(args).map(([field, value]) => [field, value === videoTask ? task_id : value])
      const answer = yield* Effect.result(call(tool, Object.fromEntries(actual)))
      if ("refused" in outcome) {
        const message = Result.isFailure(answer) ? answer.failure.message : "nothing: it went through"
        expect(message).toContain(name)
        expect(message).toContain(outcome.refused)
        expect(requests().filter((request) => "options" in (request as object))).toEqual([])
      } else if ("warned" in outcome) {
        expect(Result.isSuccess(answer) ? answer.success.structured["warnings"] : answer.failure).toEqual(
          expect.arrayContaining([expect.stringContaining(outcome.warned)])
        )
      } else {
        const sent = requests().map((request) => at(request, outcome.sends))
        expect(sent).toContainEqual(outcome.as)
      }
    }).pipe(Effect.provide(emulated(world)))
  })

  it.each(Object.entries(documented))("is listed in %s, or an older name of what is, or refused", (tool, { args }) => {
    const listed = Object.keys(findTool(tool)?.inputSchema.properties ?? {})
    // Read as every other: its outcomes are above.
    const unlisted = ["mode", ...(tool === "virtual_try_on" ? ["model_name"] : [])]
    const unknown = Object.entries(args).filter(([name]) => !unlisted.includes(name) && !listed.includes(name))
    for (const [, values] of unknown) expect(values.every(([, outcome]) => "refused" in outcome)).toBe(true)
  })
})
