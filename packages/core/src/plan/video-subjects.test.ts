import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describeRequest } from "./plan.ts"
import { planIdentity } from "./plan-identity.ts"
import { planVideo } from "./plan-video.ts"
import type { VideoRequest } from "./video-request.ts"

const frame = "https://example.com/frame.png"
const [ada, ben] = ["https://example.com/ada.png", "https://example.com/ben.png"]
const element = "829836802793406551"
const voice = "829836802793406552"
const shots = [
  { prompt: "a cat wakes", durationSeconds: 3 },
  { prompt: "it runs; snow flies", durationSeconds: 4 }
]

type Credential = "api-key" | "key-pair"
const shown = (request: VideoRequest, credential: Credential = "api-key") =>
  Effect.map(planVideo(request, credential), describeRequest)
const refusal = (request: VideoRequest, credential: Credential = "api-key") =>
  Effect.map(Effect.flip(planVideo(request, credential)), (error) => error.message)

describe("shots that are given one by one", () => {
  it.effect("are the prompt in Kling's syntax on the new paths, and last as long as all of them", () =>
    Effect.gen(function* () {
      const prompt = "shot 1, 3, a cat wakes; shot 2, 4, it runs, snow flies;"
      const settings = { multi_shot: true, duration: 7 }
      expect((yield* shown({ shots })).body).toMatchObject({ prompt, settings })
      expect(yield* shown({ shots })).toEqual(yield* shown({ prompt, durationSeconds: 7 }))
      expect((yield* shown({ shots, image: frame })).body).toMatchObject({
        contents: [
          { type: "prompt", text: prompt },
          { type: "first_frame", url: frame }
        ],
        settings
      })
      const turbo = yield* shown({ shots, model: "kling-3.0-turbo" })
      expect(turbo.body).toEqual({ prompt, settings: { resolution: "720p", aspect_ratio: "16:9", duration: 7 } })
    })
  )

  it.effect.each([{}, { image: frame }, { elements: [element] }])(
    "are a list on the legacy paths, beside %j",
    (contents) =>
      Effect.gen(function* () {
        const { body } = yield* shown({ shots, ...contents }, "key-pair")
        expect(body).toMatchObject({
          multi_shot: true,
          shot_type: "customize",
          multi_prompt: [
            { index: 1, prompt: "a cat wakes", duration: "3" },
            { index: 2, prompt: "it runs; snow flies", duration: "4" }
          ],
          duration: "7"
        })
        expect(body).not.toHaveProperty("prompt")
      })
  )

  it.effect("are one request with the length that they have, and another with other shots", () =>
    Effect.gen(function* () {
      const identity = (request: VideoRequest, credential: Credential) =>
        Effect.map(planVideo(request, credential), planIdentity)
      for (const credential of ["api-key", "key-pair"] as const) {
        const plain = yield* identity({ shots }, credential)
        expect(yield* identity({ shots, durationSeconds: 7, multiShot: true }, credential)).toEqual(plain)
        expect(yield* identity({ shots: shots.toReversed() }, credential)).not.toEqual(plain)
      }
    })
  )

  it.effect.each<readonly [VideoRequest, string]>([
    [{ shots, prompt: "a cat" }, "prompt and shots are mutually exclusive"],
    [{ shots, multiShot: false }, "multiShot must be true with shots; omit it"],
    [{ shots, durationSeconds: 10 }, "durationSeconds 10 is not the sum of the shots, 7; omit it"],
    [{ shots: [...shots, ...shots, ...shots] }, "shots last 21 s in total; kling-3.0 makes videos of 3 to 15 s"],
    [{ shots: Array.from({ length: 7 }, () => ({ prompt: "x", durationSeconds: 2 })) }, "shots are 7; at most 6"],
    [{ shots: [{ prompt: "x".repeat(513), durationSeconds: 5 }] }, "shots[0].prompt is 513 characters long"],
    [{ shots: [{ prompt: "x", durationSeconds: 4.5 }] }, "shots[0].durationSeconds must be whole seconds, at least 1"],
    [{ shots, model: "kling-2.6" }, "shots are not supported by kling-2.6; choose kling-3.0-turbo or kling-3.0"],
    [{ shots, referenceVideo: "https://example.com/a.mp4", referenceUse: "base" }, "shots cannot be used when a video"]
  ])("%j are refused with what would be legal", ([request, message]) =>
    Effect.gen(function* () {
      for (const credential of ["api-key", "key-pair"] as const) {
        const refused = yield* refusal(request, credential)
        expect(refused).toContain(message)
        expect(refused).not.toContain("prompt is required")
      }
    })
  )
})

describe("@image_1", () => {
  const request = { image: frame, referenceImages: [ada, ben], prompt: "@image_1 greets <<<image_2>>>" }

  it.effect("is the first reference image, also beside frames, whichever way the request takes", () =>
    Effect.gen(function* () {
      expect((yield* shown(request)).body).toMatchObject({
        contents: [
          { type: "prompt", text: "@image_1 greets @image_2" },
          { type: "first_frame", url: frame },
          { type: "refer_image", url: ada, id: "image_1" },
          { type: "refer_image", url: ben, id: "image_2" }
        ]
      })
      // In this list the frame is the first image.
      expect((yield* shown(request, "key-pair")).body).toMatchObject({
        prompt: "<<<image_2>>> greets <<<image_3>>>",
        image_list: [{ image_url: frame, type: "first_frame" }, { image_url: ada }, { image_url: ben }]
      })
      const both = yield* shown({ ...request, lastImage: frame, model: "kling-3.0-omni" }, "key-pair")
      expect(both.body).toMatchObject({ prompt: "<<<image_3>>> greets <<<image_4>>>" })
    })
  )

  it.effect("must be given, and is never a frame", () =>
    Effect.gen(function* () {
      for (const credential of ["api-key", "key-pair"] as const) {
        expect(yield* refusal({ ...request, prompt: "@image_3 waves" }, credential)).toContain(
          "prompt refers to @image_3, but "
        )
        expect(yield* refusal({ image: frame, prompt: "@image_1 waves" }, credential)).toContain(
          "prompt refers to @image_1, but no"
        )
      }
      const ofShots = { referenceImages: [ada], shots: [{ prompt: "@image_2 waves", durationSeconds: 5 }] }
      expect(yield* refusal(ofShots)).toContain("shots refers to @image_2, but the ids are @image_1")
      expect(yield* refusal(ofShots, "key-pair")).toContain(
        "shots[0].prompt refers to @image_2, but reference images are 1"
      )
    })
  )
})

describe("without a model", () => {
  it.effect.each<readonly [VideoRequest, Credential, string]>([
    [{ elements: [element] }, "api-key", "new.omni.kling-3.0-omni"],
    [{ elements: [element] }, "key-pair", "legacy.omni-video"],
    [{ elements: [element], image: frame }, "api-key", "new.i2v.kling-3.0"],
    [{ elements: [element], image: frame }, "key-pair", "legacy.image2video"],
    [{ referenceImages: [ada], elements: [element] }, "api-key", "new.omni.kling-3.0-omni"],
    [{ voices: [voice], image: frame }, "api-key", "legacy.image2video"],
    [{ voices: [voice], image: frame }, "key-pair", "legacy.image2video"]
  ])("%j, with an %s, is made by what Kling sells for it: %s", ([request, credential, id]) =>
    Effect.gen(function* () {
      expect((yield* planVideo({ prompt: "a cat", ...request }, credential)).operation.id).toBe(id)
    })
  )

  it.effect("elements are named in either way of writing", () =>
    Effect.gen(function* () {
      const request = { elements: [element], prompt: "@element_1 waves" }
      expect((yield* shown(request)).body).toMatchObject({
        contents: [{ text: "@element_1 waves" }, { type: "element", element_id: element, id: "element_1" }]
      })
      expect((yield* shown(request, "key-pair")).body).toMatchObject({ prompt: "<<<element_1>>> waves" })
    })
  )
})

describe("voices", () => {
  const request = { voices: [voice], image: frame, prompt: '@voice_1 says "hello"' }

  it.effect("are sent where the model takes them, with native audio", () =>
    Effect.gen(function* () {
      expect((yield* shown({ ...request, model: "kling-2.6", resolution: "1080p" })).body).toMatchObject({
        contents: [{ text: '@voice_1 says "hello"' }, {}, { type: "voice", voice_id: voice, id: "voice_1" }],
        settings: { audio: "native" }
      })
      const legacy = yield* planVideo(request, "api-key")
      expect(describeRequest(legacy).body).toMatchObject({
        model_name: "kling-v3",
        prompt: '<<<voice_1>>> says "hello"',
        voice_list: [{ voice_id: voice }],
        sound: "on"
      })
      expect(legacy.reasons.join()).toContain("legacy API: only there kling-3.0 speaks with given voices")
      expect((yield* planVideo({ voices: [voice], prompt: "x", model: "kling-4.0" }, "api-key")).operation.id).toBe(
        "new.omni.kling-4.0"
      )
    })
  )

  it.effect.each<readonly [VideoRequest, string]>([
    [{ image: "" }, "voices require an image with kling-3.0"],
    [{ audio: "off" }, "audio must be native with voices; omit it"],
    [{ model: "kling-2.6" }, "audio native requires resolution 1080p with kling-2.6"],
    [{ model: "kling-2.5-turbo" }, "voices are not supported by kling-2.5-turbo; choose kling-3.0 or kling-2.6"],
    [{ elements: [element] }, "elements and voices are mutually exclusive"],
    [{ referenceImages: [ada] }, "voices are not supported by kling-3.0-omni; create an element with the voice"],
    [{ voices: [voice, voice, voice] }, "voices has 3 entries; at most 2"],
    [{ model: "kling-4.0" }, "image cannot be combined with other references by kling-4.0"]
  ])("%j are refused with what would be legal", ([changes, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal({ ...request, ...changes })).toContain(message)
    })
  )
})
