import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describeRequest } from "./plan.ts"
import { planImage } from "./plan-image.ts"
import { planVideo } from "./plan-video.ts"
import type { VideoRequest } from "./video-request.ts"

const image = "https://example.com/cat.png"
const video = "https://example.com/cat.mp4"
const plan = (request: VideoRequest) => planVideo({ model: "kling-4.0", prompt: "a cat", ...request }, "api-key")
const refusal = (request: VideoRequest) => Effect.map(Effect.flip(plan(request)), (error) => error.message)

describe("a request for Kling 4.0", () => {
  it.effect.each<readonly [VideoRequest, string]>([
    [{}, "new.t2v.kling-4.0"],
    [{ image, lastImage: image }, "new.i2v.kling-4.0"],
    [{ referenceImages: [image] }, "new.omni.kling-4.0"],
    [{ elements: ["1"] }, "new.omni.kling-4.0"],
    [{ referenceVideo: video, referenceUse: "base" }, "new.omni.kling-4.0"],
    [{ model: "kling-4.0-flash" }, "new.t2v.kling-4.0-flash"],
    [{ model: "kling-4.0-flash", image }, "new.i2v.kling-4.0-flash"],
    [{ model: "kling-4.0-flash", referenceVideo: video }, "new.omni.kling-4.0-flash"]
  ])("%j takes the path of its contents: %s", ([request, id]) =>
    Effect.gen(function* () {
      const made = yield* plan(request)
      expect(made.operation.id).toBe(id)
      expect(made.warnings.join()).toContain("is experimental: Kling has not confirmed it for developers")
    })
  )

  it.effect("sends reference videos, an edit with its own sound, 4k and HDR", () =>
    Effect.gen(function* () {
      expect(describeRequest(yield* plan({ referenceVideo: video, durationSeconds: 5 })).body).toEqual({
        contents: [
          { type: "prompt", text: "a cat" },
          { type: "feature_video", url: video, id: "video_1" }
        ],
        settings: { duration: 5 }
      })
      expect(
        describeRequest(yield* plan({ referenceVideo: video, referenceUse: "base", audio: "original" })).body
      ).toMatchObject({ settings: { keep_original_sound: true } })
      expect(describeRequest(yield* plan({ resolution: "4k", dynamicRange: "hdr" })).body).toEqual({
        prompt: "a cat",
        settings: { resolution: "4k", dynamic_range: "hdr", aspect_ratio: "16:9" }
      })
    })
  )

  it.effect.each<readonly [VideoRequest, string]>([
    [{ durationSeconds: 31 }, "durationSeconds 31 is not supported by kling-4.0 (3 to 30 s); did you mean 30?"],
    [{ audio: "off" }, "audio off is not supported by kling-4.0: it is always native"],
    [{ referenceVideo: video, audio: "original" }, "audio original is not supported by kling-4.0: it is always native"],
    [{ dynamicRange: "hdr" }, "dynamicRange hdr requires resolution 1080p or 4k"],
    [{ model: "kling-3.0", dynamicRange: "hdr" }, "dynamicRange is not supported by kling-3.0; omit it"],
    [{ callbackUrl: "https://example.com/done" }, "callbackUrl is not supported by kling-4.0; omit it"],
    [{ model: "kling-4.0-flash", resolution: "1080p" }, "resolution 1080p is not supported by kling-4.0-flash"],
    [{ referenceVideo: "cat.mp4" }, "referenceVideo must be"]
  ])("%j is rejected in the field names of the request", ([request, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(request)).toContain(message)
    })
  )

  it.effect("makes a long image", () =>
    Effect.gen(function* () {
      const made = yield* planImage({ model: "kling-long-image-4.0", prompt: "a page", image, resolution: "2k" })
      expect(describeRequest(made)).toMatchObject({ path: "/image-generation/kling-long-image-4.0" })
      expect(made.quote.state).toBe("unknown")
    })
  )
})
