import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, passTime, startTask } from "../testing/emulated.ts"

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

  it.effect("takes no arguments", () =>
    Effect.gen(function* () {
      expect((yield* failure("get_account_balance", { page: 1 })).message).toContain("page is not an argument")
    }).pipe(Effect.provide(emulated()))
  )
})
