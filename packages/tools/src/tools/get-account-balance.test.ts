import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, passTime, startTask } from "../testing/emulated.ts"

describe("get_account_balance", () => {
  it.effect("shows the units left per type, and no sum across types", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const before = (yield* call("get_account_balance", {})).structured["balance"] as ReadonlyArray<
        Record<string, unknown>
      >
      yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("get_account_balance", {})
      const after = structured["balance"] as typeof before
      const left = (of: typeof before, kind: string) => of.find((one) => one["pays_for"] === kind)?.["left"]
      expect(left(after, "video")).toBe(Number(left(before, "video")) - 3)
      expect(left(after, "image")).toBe(left(before, "image"))
      expect(text).toMatch(/^Kling AI Account Balance:\nTotal Balance: \S+ video units, \S+ image units/)
      expect(text).toContain("Resource Packages Breakdown:\n- Emulator video pack")
      expect(text).toContain("may lag by 12 hours")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("takes no arguments, and says which it has ignored", () =>
    Effect.gen(function* () {
      const { structured, text } = yield* call("get_account_balance", { page: 1, random_string: "x" })
      expect(structured["notes"]).toEqual(
        expect.arrayContaining([
          "ignored what the chat app adds: random_string",
          "ignored page: it is not a setting of get_account_balance; it takes none"
        ])
      )
      expect(text).toContain("Note: ignored what the chat app adds: random_string.")
    }).pipe(Effect.provide(emulated()))
  )
})
