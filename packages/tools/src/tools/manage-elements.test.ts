import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "../testing/emulated.ts"

const picture = "https://a.example/a.png"
const ada = { action: "create", name: "Ada", description: "A woman in a green coat", image_urls: [picture, picture] }

describe("manage_elements", () => {
  it.effect("creates an element, lists it, deletes it, and all for nothing", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { facts } = yield* call("manage_elements", ada)
      yield* passTime(world)
      const status = yield* call("check_image_status", { task_id: facts["task_id"] })
      const [{ id } = { id: "" }] = status.facts["outputs"] as ReadonlyArray<{ readonly id: string }>
      const listed = yield* call("manage_elements", { action: "list" })
      expect(listed.facts["entries"]).toMatchObject([{ id, name: "Ada" }])
      expect((yield* call("manage_elements", { action: "delete", element_id: id })).text).toContain("was deleted")
      expect((yield* call("manage_elements", { action: "list" })).facts["entries"]).toEqual([])
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

  it.effect.each([
    ["image_urls or video_url is needed", { action: "create", name: "Ada", description: "x" }],
    ["name is required", { ...ada, name: undefined }],
    ["element_id is required", { action: "delete" }],
    ["name has no meaning for action list", { action: "list", name: "Ada" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("manage_elements", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
