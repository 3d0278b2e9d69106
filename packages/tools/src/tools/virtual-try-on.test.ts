import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "../testing/emulated.ts"

const garment = "https://a.example/coat.jpg"
const asked = { person_image_url: "https://a.example/me.jpg", cloth_image_urls: [garment] }

describe("virtual_try_on", () => {
  it.effect("makes an image, whose task every tool finds", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("virtual_try_on", { ...asked, model_name: "kolors-virtual-try-on-v1.5" })
      expect(text).toMatch(/^Virtual try-on started successfully!\nTask ID: kk-vton-/)
      expect(structured).toMatchObject({ operation: "solutions.virtual_try_on" })
      expect(text).toContain("Warning: kolors-virtual-try-on-v1.5 was replaced by try-on 3.0")
      yield* passTime(world)
      const status = yield* call("check_image_status", { task_id: structured["task_id"] })
      expect(status.structured).toMatchObject({ status: "succeed", outputs: [{ type: "image" }] })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("uses the operation that a key pair can call", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("virtual_try_on", asked)
      expect(structured).toMatchObject({ operation: "legacy.virtual-try-on", model: "kolors-virtual-try-on-v1-5" })
    }).pipe(Effect.provide(emulated(world, {}, "key-pair")))
  })

  it.effect.each([
    ["cloth_image_urls takes one garment", { ...asked, cloth_image_urls: [garment, garment] }],
    ["cloth_image_urls is required", { ...asked, cloth_image_urls: [] }],
    ["person_image_url is required", { cloth_image_urls: [garment] }],
    ["model_name must be one of", { ...asked, model_name: "kolors" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("virtual_try_on", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
