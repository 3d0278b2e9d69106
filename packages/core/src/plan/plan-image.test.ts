import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { base64, png } from "../testing/pictures.ts"
import { describeRequest } from "./plan.ts"
import { type ImageRequest, planImage } from "./plan-image.ts"

const url = "https://example.com/cat.png"
const plan = (request: Partial<ImageRequest>) => planImage({ prompt: "a cat", ...request })
const refusal = (request: Partial<ImageRequest>) => Effect.map(Effect.flip(plan(request)), (error) => error.message)

describe("a picture", () => {
  it.effect("is made by Kling 3.0 and priced by the piece", () =>
    Effect.gen(function* () {
      const made = yield* plan({ n: 3, aspectRatio: "1:1" })
      expect(describeRequest(made)).toEqual({
        method: "POST",
        path: "/v1/images/generations",
        body: { model_name: "kling-v3", prompt: "a cat", n: 3, aspect_ratio: "1:1" }
      })
      expect(made.quote).toMatchObject({ state: "exact", pack: "image" })
      expect(made.quote.units).toBe(((yield* plan({ n: 1 })).quote.units ?? 0) * 3)
    })
  )

  it.effect("takes the path on which its model is offered", () =>
    Effect.gen(function* () {
      const made = describeRequest(yield* plan({ model: "kling-v3-omni", image: url }))
      expect(made).toMatchObject({ path: "/v1/images/omni-image", body: { image_list: [{ image: url }] } })
      expect(describeRequest(yield* plan({ image: url }))).toMatchObject({ body: { image: url } })
    })
  )

  it.effect("by Kling Image 4.0 takes its declared path, with a warning that it is not confirmed", () =>
    Effect.gen(function* () {
      const made = yield* plan({ model: "kling-image-4.0", resolution: "8k", image: url })
      expect(describeRequest(made)).toMatchObject({
        path: "/image-generation/kling-image-4.0",
        body: {
          contents: [
            { type: "prompt", text: "a cat" },
            { type: "refer_image", url }
          ],
          settings: { resolution: "8k" }
        }
      })
      expect(made.warnings.join()).toContain("kling-image-4.0 is experimental")
    })
  )

  it.effect("of a model that klingkit does not know is asked for, with a warning", () =>
    Effect.gen(function* () {
      const made = yield* plan({ model: "kling-v9" })
      expect(made.input["model"]).toBe("kling-v9")
      expect(made.warnings.join()).toContain("kling-v9 is not in klingkit's model table")
      expect(made.quote.state).toBe("unknown")
    })
  )

  it.effect.each<readonly [Partial<ImageRequest>, string]>([
    [{ model: "kling-v2" }, "model kling-v2 was switched off by Kling on 2026-09-15; use kling-v3 instead"],
    [{ resolution: "4k" }, "resolution 4k is not possible with kling-v3: 1k, 2k"],
    [{ n: 10 }, "n 10 is outside 1 to 9; nearest: 9"],
    [{ aspectRatio: "5:1" }, "aspectRatio"],
    [{ imageFidelity: 2, image: url }, "imageFidelity 2 is outside 0 to 1; nearest: 1"],
    [{ image: base64(png(200, 400)) }, "image is 200x400 pixels"],
    [{ image: base64(png(200, 400)), model: "kling-v3-omni" }, "image is 200x400 pixels"],
    [{ negativePrompt: "rain", model: "kling-v3-omni" }, "negativePrompt is not a parameter here"],
    [{ prompt: "x".repeat(2501) }, "prompt is 2501 characters long; at most 2500 are allowed"]
  ])("is refused in the person's words: %j", ([request, message]) =>
    Effect.gen(function* () {
      expect(yield* refusal(request)).toContain(message)
    })
  )
})
