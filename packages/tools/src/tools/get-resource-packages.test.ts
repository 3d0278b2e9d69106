import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { call, emulated } from "../testing/emulated.ts"

describe("get_resource_packages", () => {
  it.effect("prints each pack in the format that mcp-kling's users know, with its type", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("get_resource_packages", {})
      expect(text.split("\n").slice(0, 8)).toEqual([
        "Your Kling AI Resource Packages:",
        "Package 1:",
        expect.stringMatching(/^- Name: Emulator video pack \d+ units 5Con$/),
        expect.stringMatching(/^- Resource ID: \S+$/),
        expect.stringMatching(/^- Amount: \d+ of \d+ units left \(pays for: video\)$/),
        "- Status: online",
        expect.stringMatching(/^- Expires: .*Z$/),
        expect.stringMatching(/^- Created: .*Z$/)
      ])
      expect(text).toContain("credits of the Kling app are separate")
      expect(structured["packages"]).toMatchObject([
        { pays_for: "video" },
        { pays_for: "image" },
        { pays_for: "try-on" }
      ])
    }).pipe(Effect.provide(emulated()))
  )
})
