import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { base64, png } from "../testing/image-headers.ts"
import { describeRequest } from "./plan.ts"
import { planVideo } from "./plan-video.ts"
import type { VideoRequest } from "./video-request.ts"

const url = "https://example.com/cat.png"
const plan = (request: VideoRequest, credential: "api-key" | "key-pair" = "api-key") =>
  planVideo({ prompt: "a cat", ...request }, credential)
const shown = (request: VideoRequest, credential?: "api-key" | "key-pair") =>
  Effect.map(plan(request, credential), describeRequest)
const refusal = (request: VideoRequest, credential?: "api-key" | "key-pair") =>
  Effect.map(Effect.flip(plan(request, credential)), (error) => error.message)

describe("a minimal video request", () => {
  it.effect("uses Kling 3.0: the new path with an API key, the legacy path with a key pair", () =>
    Effect.gen(function* () {
      expect(yield* shown({})).toEqual({
        method: "POST",
        path: "/text-to-video/kling-3.0",
        body: {
          prompt: "a cat",
          settings: { resolution: "720p", aspect_ratio: "16:9", duration: 5, multi_shot: false, audio: "off" }
        }
      })
      expect(yield* shown({}, "key-pair")).toEqual({
        method: "POST",
        path: "/v1/videos/text2video",
        body: { model_name: "kling-v3", prompt: "a cat", mode: "std", aspect_ratio: "16:9", duration: "5" }
      })
    })
  )

  it.effect("is made of shots when its prompt is written as shots", () =>
    Effect.gen(function* () {
      const shots = "shot 1, 3, a cat; shot 2, 2, a dog;"
      expect((yield* shown({ prompt: shots })).body).toMatchObject({ settings: { multi_shot: true } })
      expect((yield* shown({ prompt: shots, multiShot: false })).body).toMatchObject({
        settings: { multi_shot: false }
      })
      expect(yield* refusal({ prompt: shots, durationSeconds: 9 })).toContain("shots of 5 s in total")
    })
  )

  it.effect("refers to its images by their order in either way of writing", () =>
    Effect.gen(function* () {
      const omni = { model: "kling-3.0-omni", referenceImages: [url] }
      const written = yield* shown({ ...omni, prompt: "<<<image_1>>> on a roof" })
      expect(written).toEqual(yield* shown({ ...omni, prompt: "@image_1 on a roof" }))
      expect(yield* refusal({ ...omni, prompt: "@image_2 on a roof" })).toContain("refers to @image_2")
      const legacy = { model: "kling-v3-omni", referenceImages: [url] }
      expect(yield* shown({ ...legacy, prompt: "@image_1在屋顶, me@image_1 @image_10th" }, "key-pair")).toMatchObject({
        body: { prompt: "<<<image_1>>>在屋顶, me@image_1 @image_10th" }
      })
    })
  )

  it.effect("is not moved to another path by an empty setting", () =>
    Effect.gen(function* () {
      const empty = { negativePrompt: "", image: "", referenceImages: [], elements: [], referenceVideo: " " }
      expect(yield* shown(empty)).toEqual(yield* shown({}))
      expect(yield* shown({ ...empty, model: "" })).toEqual(yield* shown({}))
    })
  )

  it.effect("gives the reason for its path, and its price", () =>
    Effect.gen(function* () {
      const made = yield* plan({})
      expect(made.reasons).toEqual(["new API (API key)"])
      expect(made.warnings).toEqual([])
      expect(made.quote).toMatchObject({ state: "exact", units: 3, priceUsd: 0.42 })
    })
  )
})

describe("the model's name", () => {
  it.effect.each([
    ["kling-3.0", "kling-v3"],
    ["kling-2.6", "kling-v2-6"],
    ["kling-2.5-turbo", "kling-v2-5-turbo"],
    ["kling-3.0-omni", "kling-v3-omni"],
    ["kling-o1", "kling-video-o1"]
  ] as const)("%s or %s is the same model, spelled as its path requires", ([id, legacyName]) =>
    Effect.gen(function* () {
      for (const model of [id, legacyName]) {
        expect((yield* plan({ model })).model).toBe(id)
        expect((yield* plan({ model }, "key-pair")).input["model"]).toBe(legacyName)
      }
    })
  )

  it.effect("of a model of the new paths only requires an API key", () =>
    Effect.gen(function* () {
      expect(yield* refusal({ model: "kling-3.0-turbo" }, "key-pair")).toContain("kling-3.0-turbo requires an API key")
    })
  )

  it.effect.each(["kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master"])(
    "of a retired model names its replacement: %s",
    (model) =>
      Effect.gen(function* () {
        const message = yield* refusal({ model })
        expect(message).toMatch(new RegExp(`^model ${model} was retired by Kling on 2026-09-15; use kling-\\d`))
        yield* plan({ model: /use (\S+) instead/.exec(message)?.[1] ?? "" })
      })
  )

  it.effect("that is unknown is passed through, with a warning and without a price", () =>
    Effect.gen(function* () {
      const made = yield* plan({ model: "kling-5.0" })
      expect(describeRequest(made).path).toBe("/text-to-video/kling-5.0")
      expect(made.quote.state).toBe("unknown")
      expect(made.warnings.join()).toContain("kling-5.0 is not in klingkit's model table")
      expect((yield* plan({ model: "kling-2.7" })).warnings.join()).toContain("did you mean kling-2.6?")
      expect((yield* shown({ model: "kling-5.0", image: url })).path).toBe("/image-to-video/kling-5.0")
      expect((yield* shown({ model: "kling-5.0-omni", referenceImages: [url] })).path).toBe(
        "/omni-video/kling-5.0-omni"
      )
      expect((yield* plan({ model: "kling-v9" })).operation.path).toBe("/v1/videos/text2video")
    })
  )

  it.effect("that is invalid is rejected before it gets into a path", () =>
    Effect.gen(function* () {
      for (const model of ["../tasks", "a b", "kling/../../x", "x".repeat(80)]) {
        expect(yield* refusal({ model })).toContain("model")
      }
    })
  )
})

describe("a setting that only one path supports", () => {
  it.effect("selects that path: a negative prompt the legacy one", () =>
    Effect.gen(function* () {
      const made = yield* plan({ negativePrompt: "rain" })
      expect(describeRequest(made)).toMatchObject({ path: "/v1/videos/text2video", body: { negative_prompt: "rain" } })
      expect(made.reasons.join()).toContain("legacy API")
    })
  )

  it.effect("selects the path of a capable model: reference images the omni one", () =>
    Effect.gen(function* () {
      const made = yield* shown({ prompt: "@image_1 dances", referenceImages: [url] })
      expect(made).toMatchObject({ path: "/omni-video/kling-3.0-omni" })
      expect(yield* shown({ model: "kling-4.0", elements: ["1"] })).toMatchObject({ path: "/omni-video/kling-4.0" })
      const legacy = yield* shown({ prompt: "@image_1 dances", referenceImages: [url] }, "key-pair")
      expect(legacy).toMatchObject({
        path: "/v1/videos/omni-video",
        body: { prompt: "<<<image_1>>> dances", image_list: [{ image_url: url }] }
      })
    })
  )
})

describe("a setting that the path would ignore is rejected in the field names of the request", () => {
  it.effect.each<readonly [VideoRequest, string]>([
    [{ model: "kling-3.0-turbo", negativePrompt: "rain" }, "negativePrompt is not supported by kling-3.0-turbo"],
    [{ model: "kling-3.0-turbo", audio: "off" }, "audio off is not supported by kling-3.0-turbo: it is always native"],
    [{ model: "kling-3.0-turbo", multiShot: true }, "multiShot is not a setting of kling-3.0-turbo"],
    [{ model: "kling-3.0-turbo", image: url, lastImage: url }, "lastImage is not supported by kling-3.0-turbo"],
    [{ model: "kling-2.6", audio: "native" }, "audio native requires resolution 1080p"],
    [
      { model: "kling-2.5-turbo", durationSeconds: 7 },
      "durationSeconds 7 is not supported by kling-2.5-turbo (5 or 10 s); did you mean 5?"
    ],
    [{ durationSeconds: 16 }, "durationSeconds 16 is not supported by kling-3.0 (3 to 15 s); did you mean 15?"],
    [{ model: "kling-2.6", resolution: "4k" }, "resolution 4k is not supported by kling-2.6: 720p, 1080p"],
    [{ aspectRatio: "21:9" }, "aspectRatio 21:9 is not supported by kling-3.0"],
    [{ image: url, aspectRatio: "1:1" }, "aspectRatio follows the image"],
    [{ lastImage: url }, "lastImage requires a first frame"],
    [{ audio: "original" }, "audio original keeps the audio of a reference video"],
    [{ model: "kling-v9", audio: "loud" }, 'audio "loud" is not one of'],
    [
      { model: "kling-2.6", referenceImages: [url] },
      "referenceImages are not supported by kling-2.6; choose kling-3.0-omni"
    ],
    [{ prompt: "x".repeat(3073) }, "prompt is 3073 characters long; the limit is 3072"],
    [{ image: base64(png(299, 400)) }, "image is 299x400 pixels; each side must be at least 300"],
    [{ image: `data:image/png;base64,${base64(png(400, 400))}` }, "image must be bare base64"]
  ])("%j", ([request, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(request)).toContain(message)
    })
  )

  it.effect("even where frames and references share one array on the wire", () =>
    Effect.gen(function* () {
      const small = base64(png(200, 200))
      const request = { model: "kling-v3-omni", image: url, lastImage: small, referenceImages: [url, small] }
      const message = yield* refusal(request, "key-pair")
      expect(message).toContain("lastImage is 200x200")
      expect(message).toContain("referenceImages[1] is 200x200")
    })
  )
})

describe("a described request", () => {
  it.effect("has its inline images shortened, and nothing else", () =>
    Effect.gen(function* () {
      const inline = base64(png(400, 400), 1)
      const body = JSON.stringify((yield* shown({ image: inline, prompt: "x".repeat(2500) })).body)
      expect(body).toContain(`${inline.slice(0, 40)}... (${inline.length} characters)`)
      expect(body).toContain("x".repeat(2500))
      expect(body.length).toBeLessThan(3000)
    })
  )

  it.effect("keeps the digits of long ids", () =>
    Effect.gen(function* () {
      const request = { image: url, elements: ["829836802793406551"] }
      expect(JSON.stringify((yield* shown(request, "key-pair")).body)).toContain(`"element_id":829836802793406551}`)
    })
  )
})
