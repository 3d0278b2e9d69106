import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { planImage } from "./plan-image.ts"
import { planVideo } from "./plan-video.ts"

const video = (model: string) => planVideo({ model, prompt: "a cat" }, "key-pair")
const image = (model: string) => planImage({ model, prompt: "a cat" })

describe("a model's name", () => {
  it.effect.each([
    ["kling-2.6", "kling-v2-6"],
    ["kling-v2.6", "kling-v2-6"],
    ["Kling-V3", "kling-v3"]
  ] as const)("%s is sent as %s", ([written, sent]) =>
    Effect.gen(function* () {
      expect((yield* video(written)).input["model"]).toBe(sent)
    })
  )

  it.effect("of an image model may have a dot", () =>
    Effect.gen(function* () {
      expect((yield* image("kling-v2.1")).input["model"]).toBe("kling-v2-1")
    })
  )

  it.effect.each([
    [video, "kling-v1.6", "kling-v1.6 was retired by Kling on 2026-09-15; use kling-2.5-turbo instead"],
    [video, "kling-image-o1", "kling-image-o1 is an image model; choose"],
    [image, "kling-v2-master", "kling-v2-master is a video model; choose kling-v3"],
    [image, "kling-3.0", "kling-3.0 is a video model; choose kling-v3"]
  ] as const)("of the wrong kind is rejected with a suitable one: %#", ([plan, name, message]) =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(plan(name))).message).toContain(message)
    })
  )
})
