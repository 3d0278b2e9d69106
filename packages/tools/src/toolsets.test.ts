import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { tools } from "./catalog.ts"
import { selectTools } from "./toolsets.ts"

const names = (selection: Parameters<typeof selectTools>[0]) =>
  Effect.map(selectTools(selection), (selected) => selected.map((tool) => tool.name))

describe("a selection of tools", () => {
  it.effect("is core by default", () =>
    Effect.gen(function* () {
      const core = tools.filter((tool) => tool.toolset === "core").map((tool) => tool.name)
      expect(yield* names({})).toEqual(core)
      expect(yield* names({ toolsets: " core ," })).toEqual(core)
      expect(yield* names({ toolsets: "all" })).toEqual(tools.map((tool) => tool.name))
    })
  )

  it.effect("of the names from before there was one list for all still is what it was", () =>
    Effect.gen(function* () {
      expect((yield* names({ toolsets: "studio" })).toSorted()).toEqual([
        "control_motion",
        "create_avatar_video",
        "describe_image",
        "edit_image",
        "edit_video",
        "generate_audio",
        "manage_elements",
        "manage_voices"
      ])
      expect(yield* names({ toolsets: "raw" })).toEqual(["call_kling_api"])
      expect(yield* names({ toolsets: "core,studio,raw" })).toEqual(yield* names({ toolsets: "all" }))
    })
  )

  it.effect("lists confirm_token only where tokens approve", () =>
    Effect.gen(function* () {
      for (const confirmTokens of [false, true]) {
        const selected = yield* selectTools({ confirmTokens })
        const listing = selected.filter(({ inputSchema }) => "confirm_token" in inputSchema.properties)
        expect(listing).toEqual(confirmTokens ? selected.filter(({ charged }) => charged) : [])
      }
    })
  )

  it.effect("contains nothing that spends or writes when read-only", () =>
    Effect.gen(function* () {
      const selected = yield* selectTools({ readOnly: true })
      expect(selected.map((tool) => tool.name)).toContain("check_image_status")
      expect(selected.filter((tool) => tool.charged || !tool.hints.readOnly)).toEqual([])
    })
  )

  it.effect("names an unknown toolset, and the closest match", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(selectTools({ toolsets: "core,stduio" }))
      expect(error.message).toBe('toolsets has no "stduio": core, studio, raw, all; nearest: studio')
    })
  )
})
