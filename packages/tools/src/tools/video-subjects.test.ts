import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import {
  call,
  emulated,
  failure,
  ledgerOf,
  passTime,
  requestsIn,
  requestsSeen,
  startTask
} from "../testing/emulated.ts"

const [frame, ada, ben] = ["frame", "ada", "ben"].map((name) => `https://a.example/${name}.png`)

/** Creates an element by the tool; its id, as the finished task shows it. */
const makeElement = Effect.fnUntraced(function* (world: KlingWorld) {
  const task_id = yield* startTask("manage_elements", {
    action: "create",
    name: "Ada",
    description: "A woman in a green coat",
    image_urls: [ada]
  })
  yield* passTime(world)
  const { structured } = yield* call("wait_for_task", { task_id })
  const [{ id } = { id: "" }] = structured["outputs"] as ReadonlyArray<{ readonly id: string }>
  return { id, task_id }
})

describe("one character in several shots", () => {
  it.effect.each(["api-key", "key-pair"] as const)("is an element, with an %s", (kind) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { id } = yield* makeElement(world)
      const sent = requestsIn(world)
      yield* call("generate_video", { prompt: "@element_1 opens a door", element_ids: id })
      yield* call("generate_image_to_video", { image_url: frame, prompt: "@element_1 enters", element_ids: [id] })
      const bodies = JSON.stringify(sent())
      expect(bodies.match(new RegExp(`"element_id":"?${kind === "api-key" ? id : id.slice(0, 14)}`, "g"))).toHaveLength(
        2
      )
      expect(bodies).toContain(kind === "api-key" ? "@element_1 enters" : "<<<element_1>>> enters")
      yield* passTime(world)
      expect((yield* ledgerOf(world)).charges.filter(({ units }) => units > 0)).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world, {}, kind)))
  })

  it.effect("is the same element by the id of the task that made it, and no other task's", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { id, task_id } = yield* makeElement(world)
      const { structured } = yield* call("wait_for_task", { task_id })
      const video = { prompt: "@element_1 opens a door", image_url: frame }
      const made = yield* Effect.forEach([id, task_id, structured["kling_task_id"]], (one) =>
        startTask("generate_image_to_video", { ...video, element_ids: [one] })
      )
      expect(new Set(made).size).toBe(1)
      const edited = requestsIn(world)
      yield* call("edit_image", { action: "omni", prompt: "<<<element_1>>> waves", element_ids: [task_id] })
      expect(JSON.stringify(edited().at(-1))).toContain(`"element_id":${Number(id)}`)
      const wrong = yield* failure("generate_image_to_video", { ...video, element_ids: made[0] })
      expect(wrong.message).toContain("element_ids[0] is still submitted; wait until it has finished")
      yield* passTime(world)
      const image = yield* startTask("generate_image", { prompt: "a fox" })
      yield* passTime(world)
      yield* call("check_image_status", { task_id: image })
      expect((yield* failure("generate_video", { prompt: "x", element_ids: image })).message).toContain(
        "element_ids[0] is an image, not an element"
      )
      expect((yield* failure("generate_image_to_video", { ...video, voice_ids: [task_id] })).message).toContain(
        "voice_ids[0] is an element, not a voice"
      )
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("continues in the next shot of a video", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { id } = yield* makeElement(world)
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const sent = requestsIn(world)
      yield* call("extend_video", {
        task_id,
        prompt: "@element_1 meets @image_1",
        element_ids: [id],
        reference_images: ben
      })
      expect(sent().at(-1)).toMatchObject({
        contents: [
          { text: "The shot that follows @video_1: @element_1 meets @image_1" },
          { type: "refer_image", url: ben, id: "image_1" },
          { type: "feature_video", id: "video_1" },
          { type: "element", element_id: id, id: "element_1" }
        ]
      })
      const other = { task_id, prompt: "x", element_ids: [id], model_name: "kling-4.0" }
      expect((yield* failure("extend_video", other)).message).toContain(
        "element_ids are not supported when kling-4.0 continues a video; choose kling-3.0-omni"
      )
    }).pipe(Effect.provide(emulated(world)))
  })
})

describe("shots", () => {
  const shots = [
    { prompt: "a fox wakes", duration: 3 },
    { prompt: "it runs", duration: 4 }
  ]

  it.effect("are one charge, in whichever of their forms", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const forms = [
        shots,
        JSON.stringify(shots),
        shots.map((shot) => JSON.stringify(shot)),
        shots.map(({ prompt, duration }) => `${prompt}|${duration}`),
        [{ Prompt: " a fox wakes ", durationSeconds: "3s" }, "it runs | 4 s"]
      ]
      const made = yield* Effect.forEach(forms, (written) => startTask("generate_video", { shots: written }))
      expect(new Set(made).size).toBe(1)
      // In Kling's own syntax it is the same request too.
      const prompt = "shot 1, 3, a fox wakes; shot 2, 4, it runs;"
      expect(yield* startTask("generate_video", { prompt, duration: 7 })).toBe(made[0])
      yield* passTime(world)
      const { text } = yield* call("check_video_status", { task_id: made[0] })
      expect(text).toContain("Duration: 7 s")
      expect((yield* ledgerOf(world)).charges.map(({ units }) => units)).toEqual([4.2])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    [{ shots: [{ prompt: "x", duration: 5, camera: "pan" }] }, "shots[0] has camera, which it does not take"],
    [{ shots: ["a fox"] }, "shots[0].duration is required"],
    [{ shots: [{ prompt: "x", duration: "soon" }] }, "shots[0].duration must be a number"],
    [{ shots: [{ prompt: "x", duration: 0 }, shots[0]] }, "shots[0].duration must be whole seconds, at least 1"],
    [{ shots, prompt: "a fox" }, "prompt and shots are mutually exclusive"],
    [{ shots, model_name: "kling-o1" }, "shots are not supported by kling-o1; choose kling-3.0-turbo or kling-3.0"],
    [{}, "prompt is required"],
    [{ prompt: "x", voice_ids: ["1"] }, "voice_ids are an argument of generate_image_to_video"]
  ] as const)("%j are refused before anything is sent: %s", ([args, message]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("generate_video", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})

describe("@image_1", () => {
  it.effect.each([
    ["api-key", "@image_1 greets @image_2", ["frame", "ada", "ben"]],
    ["key-pair", "<<<image_2>>> greets <<<image_3>>>", ["frame", "ada", "ben"]]
  ] as const)("is the first reference image for Kling, also beside a start frame: %s", ([kind, prompt, order]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const sent = requestsIn(world)
      yield* call("generate_image_to_video", {
        image_url: frame,
        reference_images: [ada, ben],
        prompt: "@image_1 greets @image_2"
      })
      const body = JSON.stringify(sent())
      expect(body).toContain(JSON.stringify(prompt))
      expect([...body.matchAll(/(\w+)\.png/g)].map(([, name]) => name)).toEqual(order)
    }).pipe(Effect.provide(emulated(world, {}, kind)))
  })
})

describe("a voice", () => {
  it.effect("speaks in a video from an image, with audio", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("manage_voices", { action: "presets", page_size: 1 })
      const [{ id } = { id: "" }] = structured["entries"] as ReadonlyArray<{ readonly id: string }>
      const sent = requestsIn(world)
      const args = { image_url: frame, prompt: '@voice_1 says "hello"', voice_ids: [id] }
      const first = yield* startTask("generate_image_to_video", args)
      expect(sent().at(-1)).toMatchObject({
        model_name: "kling-v3",
        prompt: '<<<voice_1>>> says "hello"',
        voice_list: [{ voice_id: id }],
        sound: "on"
      })
      // What it implies may be said as well.
      expect(yield* startTask("generate_image_to_video", { ...args, audio: "native" })).toBe(first)
    }).pipe(Effect.provide(emulated(world)))
  })
})
