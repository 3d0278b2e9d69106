import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { findVideoModel } from "../models/video-models.ts"
import { checkInput } from "../params/check-input.ts"
import { stringifyJson } from "../wire/json.ts"
import { describeRequest, type Plan } from "./plan.ts"
import { planVideo } from "./plan-video.ts"
import { defaultReferenceModel, defaultVideoModel, type VideoRequest } from "./video-request.ts"

const image = "https://example.com/cat.png"
const known = ["kling-3.0", "kling-3.0-turbo", "kling-3.0-omni", "kling-o1", "kling-2.6", "kling-2.5-turbo"]
const legacyNames = ["kling-v3", "kling-v3-omni", "kling-video-o1", "kling-v2-6"]
const models = [...known, ...legacyNames, "kling-4.0", "kling-4.0-flash", "kling-v1-6", "kling-9", "kling-v9"]

/** Settings that may be added to a request, valid with some models, with others, or with none. */
const settings: ReadonlyArray<Partial<VideoRequest>> = [
  { prompt: "x".repeat(2600) },
  { prompt: "@image_1 beside @video_1 and @element_1" },
  { negativePrompt: "rain" },
  ...["720p", "1080p", "4k", "8k"].map((resolution) => ({ resolution })),
  ...[1, 3, 5, 7, 10, 15, 5.5].map((durationSeconds) => ({ durationSeconds })),
  ...["16:9", "9:16", "21:9"].map((aspectRatio) => ({ aspectRatio })),
  { dynamicRange: "hdr" },
  ...["native", "original", "off", "loud"].map((audio) => ({ audio })),
  { image },
  { image, lastImage: image },
  { image: "not an image" },
  { image: "QUJD", lastImage: "QUJD" },
  { lastImage: image },
  { referenceImages: [image] },
  { referenceImages: [image, image, image, image, image] },
  { referenceImages: [image, "not an image"] },
  { referenceImages: [] },
  { referenceVideo: "https://example.com/video.mp4" },
  { referenceVideo: "https://example.com/video.mp4", referenceUse: "base" },
  { referenceVideo: "video.mp4" },
  { referenceUse: "feature" },
  { elements: ["829836802793406551"] },
  { elements: ["1", "2", "3", "4"] },
  { elements: ["not an id"] },
  { elements: [] },
  {
    prompt: "",
    shots: [
      { prompt: "@image_1 wakes", durationSeconds: 2 },
      { prompt: "it runs", durationSeconds: 3 }
    ]
  },
  { prompt: "", shots: [{ prompt: "", durationSeconds: 0 }] },
  { prompt: "", shots: [{ prompt: "it runs", durationSeconds: 16 }] },
  { shots: [{ prompt: "it runs", durationSeconds: 5 }] },
  { voices: ["829836802793406551"] },
  { image, voices: ["1", "2", "3", "4"] },
  { voices: [] },
  { multiShot: true },
  { multiShot: false },
  { watermark: true },
  { callbackUrl: "https://example.com/done" }
]

const cases = Schema.Struct({
  model: Schema.Literals(models),
  settings: Schema.Array(Schema.Literals(settings.map((_, index) => index))).check(Schema.isMaxLength(4)),
  credential: Schema.Literals(["api-key", "key-pair"])
})

const requestOf = (sample: typeof cases.Type): VideoRequest =>
  Object.assign({ model: sample.model, prompt: "a cat" }, ...sample.settings.map((index) => settings[index]))

const planOf = (request: VideoRequest, credential: "api-key" | "key-pair") =>
  Effect.runSync(Effect.result(planVideo(request, credential)))

const requestFields = new Set(
  Object.keys({
    model: 0,
    prompt: 0,
    negativePrompt: 0,
    resolution: 0,
    durationSeconds: 0,
    aspectRatio: 0,
    dynamicRange: 0,
    audio: 0,
    image: 0,
    lastImage: 0,
    referenceImages: 0,
    referenceVideo: 0,
    referenceUse: 0,
    elements: 0,
    multiShot: 0,
    shots: 0,
    voices: 0,
    watermark: 0,
    callbackUrl: 0
  } satisfies Record<keyof VideoRequest, 0>)
)

const sent = (plan: Plan): string => stringifyJson(describeRequest(plan))

/** Such a request gets several shots in any case. */
const usesFeatureVideo = (request: VideoRequest): boolean =>
  request.referenceVideo !== undefined && request.referenceUse !== "base"

/** Settings that change nothing because they equal the defaults. */
const isDefault = (field: keyof VideoRequest, request: VideoRequest): boolean =>
  (field === "audio" &&
    (request.audio === "off" ||
      (request.voices?.length ?? 0) > 0 ||
      findVideoModel(request.model ?? "")?.audio.length === 1)) ||
  (field === "model" &&
    [defaultVideoModel, defaultReferenceModel].includes(findVideoModel(request.model ?? "")?.id ?? "")) ||
  (field === "resolution" && request.resolution === "720p") ||
  (field === "durationSeconds" && request.durationSeconds === 5) ||
  (field === "aspectRatio" && request.aspectRatio === "16:9") ||
  (field === "multiShot" &&
    (request.multiShot === false || usesFeatureVideo(request) || request.shots !== undefined)) ||
  (field === "referenceUse" && request.referenceUse === "feature") ||
  (Array.isArray(request[field]) && request[field].length === 0)

describe("any request", () => {
  it.prop(
    "is either valid for its operation or rejected by a field of the request",
    { sample: cases },
    ({ sample }) => {
      const request = requestOf(sample)
      const planned = planOf(request, sample.credential)
      if (Result.isSuccess(planned)) {
        const { operation, input, quote, reasons } = planned.success
        expect(checkInput(operation.params, operation.rules, input)).toEqual([])
        expect(operation.generation).toBe(sample.credential === "key-pair" ? "legacy" : operation.generation)
        expect(quote.rule).not.toBe("")
        expect(reasons.join("")).toMatch(/\w/)
        return
      }
      const { reason } = planned.failure
      if (reason._tag !== "InvalidInput") throw planned.failure
      expect(reason.problems.length).toBeGreaterThan(0)
      for (const { field, message } of reason.problems) {
        expect([...requestFields], `${field} ${message}`).toContain(field.replace(/\[\d+\].*$/, ""))
        expect(message).toMatch(/^[^\n]{5,300}$/)
      }
    },
    { arbitrary: { runs: 2000, seed: "klingkit" } }
  )

  it.prop(
    "has no setting dropped: each accepted one changes what is sent",
    { sample: cases },
    ({ sample }) => {
      const request = requestOf(sample)
      const planned = planOf(request, sample.credential)
      if (Result.isFailure(planned)) return
      for (const field of Object.keys(request) as Array<keyof VideoRequest>) {
        const { [field]: _left, ...without } = request
        const other = planOf(without, sample.credential)
        if (isDefault(field, request) || Result.isFailure(other)) continue
        expect(sent(other.success), `${field} of ${JSON.stringify(request)}`).not.toBe(sent(planned.success))
      }
    },
    { arbitrary: { runs: 1000, seed: "klingkit" } }
  )
})
