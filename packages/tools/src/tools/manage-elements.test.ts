import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "../testing/emulated.ts"

const image = "https://a.example/a.png"
const ada = { action: "create", name: "Ada", description: "A woman in a green coat", image_urls: [image, image] }

describe("manage_elements", () => {
  it.effect("creates an element, lists it and deletes it, all free", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("manage_elements", ada)
      yield* passTime(world)
      const status = yield* call("check_image_status", { task_id: structured["task_id"] })
      const [{ id } = { id: "" }] = status.structured["outputs"] as ReadonlyArray<{ readonly id: string }>
      const listed = yield* call("manage_elements", { action: "list" })
      expect(listed.structured["entries"]).toMatchObject([{ id, name: "Ada" }])
      expect((yield* call("manage_elements", { action: "delete", element_id: id })).text).toContain("Deleted element")
      expect((yield* call("manage_elements", { action: "list" })).structured["entries"]).toEqual([])
      expect((yield* ledgerOf(world)).charges.filter(({ units }) => units > 0)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("lists Kling's own", () =>
    Effect.gen(function* () {
      expect((yield* call("manage_elements", { action: "presets", page_size: 1 })).text).toContain(
        "- 160: Red fox (of kling)"
      )
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("leaves out what a free action does not use, and says so", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("manage_elements", { action: "Presets", name: "Ada", page_size: "200" })
      expect(structured["notes"]).toEqual([
        "ignored name: it is not used with action presets",
        "page_size 200 is beyond its limit: 50 was used"
      ])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each([
    ["image_urls or video_url is required", { action: "create", name: "Ada", description: "x" }],
    ["name is required", { ...ada, name: undefined }],
    ["element_id is required", { action: "delete" }],
    ["action must be one of list, presets, create, delete; nearest: list", { action: "lst" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("manage_elements", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
