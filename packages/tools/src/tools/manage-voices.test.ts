import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, passTime, requestsSeen } from "../testing/emulated.ts"

const ada = { action: "create", name: "Ada", voice_url: "https://a.example/ada.mp3" }

describe("manage_voices", () => {
  it.effect("creates a voice at its price, lists it, deletes it", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("manage_voices", ada)
      expect(structured).toMatchObject({ quote: { units: 0.05 } })
      yield* passTime(world)
      const status = yield* call("check_video_status", { task_id: structured["task_id"] })
      const [{ id } = { id: "" }] = status.structured["outputs"] as ReadonlyArray<{ readonly id: string }>
      expect(status.structured["next"]).toContain(`Give ${id} as voice_ids to generate_image_to_video`)
      expect((yield* call("manage_voices", { action: "list" })).structured["entries"]).toMatchObject([
        { id, name: "Ada" }
      ])
      expect((yield* call("manage_voices", { action: "delete", voice_id: id })).structured).toEqual({ deleted: id })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("lists Kling's own", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("manage_voices", { action: "presets", page_size: 2 })
      expect(structured["entries"]).toMatchObject([{ owner: "kling" }, { owner: "kling" }])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each([
    ["voice_url is required (or video_id)", { action: "create", name: "Ada" }],
    ["voice_id is required", { action: "delete" }],
    ["page is not used with action create", { ...ada, page: 2 }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("manage_voices", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
