import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { call, emulated } from "../testing/emulated.ts"

describe("a task that was started", () => {
  it.effect.each([
    [
      "generate_video",
      { prompt: "x", duration: "10", mode: "professional" },
      "resolution 1080p, aspect_ratio 16:9, duration_seconds 10"
    ],
    [
      "generate_video",
      { prompt: "x", negative_prompt: "y" },
      "mode std, aspect_ratio 16:9; Kling's defaults for the rest"
    ],
    ["generate_image", { prompt: "x", num_images: 3 }, "n 3; Kling's defaults for the rest"],
    ["generate_image", { prompt: "x" }, "Kling's defaults"]
  ] as const)("says with which settings: %s %j", ([tool, args, settings]) =>
    Effect.gen(function* () {
      const { text, structured } = yield* call(tool, args)
      expect(structured["sent"]).toContain(settings)
      expect(text).toContain(`\nSent: ${structured["sent"] as string}\n`)
      expect(text).not.toContain("prompt")
    }).pipe(Effect.provide(emulated()))
  )
})
