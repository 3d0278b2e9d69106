import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { call, emulated } from "../testing/emulated.ts"

describe("get_resource_packages", () => {
  it.effect("prints each pack in the lines that mcp-kling's users know, and which purse it is", () =>
    Effect.gen(function* () {
      const { text, facts } = yield* call("get_resource_packages", {})
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
      expect(text).toContain("credits of the Kling app are another purse")
      expect(facts["packages"]).toMatchObject([{ pays_for: "video" }, { pays_for: "image" }, { pays_for: "try-on" }])
    }).pipe(Effect.provide(emulated()))
  )
})
