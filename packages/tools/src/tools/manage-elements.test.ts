import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import {
  call,
  emulated,
  failure,
  ledgerOf,
  passTime,
  requestsIn,
  requestsSeen,
  startTask
} from "../testing/emulated.ts"

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

  it.effect("makes an element of one image, and says what its id is for", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const sent = requestsIn(world)
      const { text, structured } = yield* call("manage_elements", { ...ada, image_urls: image })
      expect(sent().at(-1)).toMatchObject({
        element_image_list: { frontal_image: image, refer_images: [{ image_url: image }] }
      })
      expect(text).toContain("Warning: Kling requires a front and another view: the one image is sent as both")
      expect(structured["next"]).toContain("then give the ID in its result as element_ids")
      // The same image twice is the same element.
      expect((yield* call("manage_elements", ada)).structured["task_id"]).toBe(structured["task_id"])
      yield* passTime(world)
      const done = yield* call("check_image_status", { task_id: structured["task_id"] })
      const [{ id } = { id: "" }] = done.structured["outputs"] as ReadonlyArray<{ readonly id: string }>
      expect(done.structured["next"]).toContain(`Give ${id} as element_ids to generate_video`)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("makes an element of one shot, by its task", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const video_url = yield* startTask("generate_video", { prompt: "a woman turns", resolution: "1080p" })
      yield* passTime(world)
      const sent = requestsIn(world)
      yield* call("manage_elements", { action: "create", name: "Ada", description: "A woman", video_url })
      expect(sent().at(-1)).toMatchObject({
        reference_type: "video_refer",
        element_video_list: { refer_videos: [{ video_url: expect.stringContaining("video-1.mp4") }] }
      })
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
