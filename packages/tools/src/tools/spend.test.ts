import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { call, emulated, failure, injectFault, passTime, requestsIn, startTask } from "../testing/emulated.ts"

const dayMillis = 86_400_000
const at = (text: string) => TestClock.setTime(Date.parse(text))

describe("spend", () => {
  it.effect("answers what was spent this week in one call that asks Kling nothing", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* at("2026-11-15T12:00Z")
      yield* startTask("generate_video", { prompt: "the week before" })
      yield* at("2026-11-17T12:00Z")
      const video = yield* startTask("generate_video")
      yield* injectFault(world, { fault: "fail", on: "legacy.images.generations" })
      const image = yield* startTask("generate_image")
      yield* passTime(world)
      yield* TestClock.adjust(dayMillis)
      for (const task_id of [video, image]) yield* call("check_video_status", { task_id })
      yield* at("2026-11-20T12:00Z")
      yield* startTask("generate_video", { prompt: "today" })
      const asked = requestsIn(world)
      const { text, structured } = yield* call("spend", { since: "this week", by: "model" })
      expect(asked()).toEqual([])
      expect(structured).toEqual({
        since: "2026-11-16",
        until: "2026-11-20",
        used_usd: 0.868,
        charged_usd: 0.42,
        reserved_usd: 0.42,
        unknown_usd: 0.028,
        tasks: 3,
        charges: [{ kind: "unit", amount: 3, of: "video" }],
        groups: [
          {
            name: "kling-3.0",
            used_usd: 0.84,
            charged_usd: 0.42,
            reserved_usd: 0.42,
            unknown_usd: 0,
            tasks: 2,
            charges: [{ kind: "unit", amount: 3, of: "video" }]
          },
          {
            name: "kling-v3",
            used_usd: 0.028,
            charged_usd: 0,
            reserved_usd: 0,
            unknown_usd: 0.028,
            tasks: 1,
            charges: []
          }
        ],
        limits: { used_today_usd: 0.42, per_day_usd: 5, left_today_usd: 4.58, per_call_usd: 2, approval_above_usd: 1 }
      })
      expect(text.split("\n")).toEqual([
        "2026-11-16 to 2026-11-20 (UTC): $0.868 for 3 tasks: $0.42 charged, $0.42 reserved, $0.028 unknown; Kling's bill: 3 video units ($0.42)",
        "- kling-3.0: $0.84 for 2 tasks: $0.42 charged, $0.42 reserved; Kling's bill: 3 video units ($0.42)",
        "- kling-v3: $0.028 for 1 task: $0.028 unknown",
        "Reserved: not billed yet; the most that it can cost.",
        "Unknown: may have been charged: unresolved, or failed without a bill.",
        "Limits: $4.58 left today of $5.00 (until midnight UTC), $0.42 used; $2.00 per call; approval above $1.00"
      ])
    }).pipe(Effect.provide(emulated(world, { maxUsdPerDay: 5, maxUsdPerCall: 2, confirmAboveUsd: 1 })))
  })

  it.effect("is about today if no time is named, and says that there are no limits", () =>
    Effect.gen(function* () {
      yield* at("2026-11-20T12:00Z")
      const { text, structured } = yield* call("spend", {})
      expect(structured).toMatchObject({ since: "2026-11-20", until: "2026-11-20", used_usd: 0, tasks: 0 })
      expect(text).toBe("2026-11-20 (UTC): $0.00 for 0 tasks\nLimits: $0.00 today, no limit per day; no limit per call")
      expect((yield* call("spend", { until: "yesterday" })).structured).toMatchObject({ since: "2026-11-19" })
      expect((yield* failure("spend", { since: "recently" })).message).toContain("since must be a date (2026-09-01)")
      expect((yield* failure("spend", { by: "user" })).message).toContain("by must be one of day, model, operation")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("fits in a result, and says what it has left out", () =>
    Effect.gen(function* () {
      yield* at("2026-01-01T12:00Z")
      for (let day = 0; day < 120; day++) {
        yield* startTask("generate_image", { prompt: `day ${day}` })
        yield* TestClock.adjust(dayMillis)
      }
      const { structured, lines } = yield* call("spend", { since: "this year", by: "day" })
      const shown = (structured["groups"] as ReadonlyArray<unknown>).length
      expect([structured["tasks"], structured["groups_not_shown"]]).toEqual([120, 120 - shown])
      expect(shown).toBeGreaterThan(30)
      expect(JSON.stringify({ structured, lines }).length).toBeLessThan(25_000)
      expect(lines.at(-1)).toContain("more are not shown")
    }).pipe(Effect.provide(emulated()))
  )
})
