import { describe, expect, it } from "@effect/vitest"
import { catalog, operations } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "../testing/emulated.ts"

const json = JSON.stringify

describe("call_kling_api", () => {
  it.effect("starts a durable task of any operation", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const operation = "legacy.images.expand"
      const { structured } = yield* call("call_kling_api", { operation, input: json(operations[operation].example) })
      expect(structured).toMatchObject({ status: "submitted", operation, quote: { units: 8 } })
      yield* passTime(world)
      const { task_id } = structured
      expect((yield* call("check_image_status", { task_id })).structured).toMatchObject({ status: "succeed" })
      expect((yield* ledgerOf(world)).charges).toMatchObject([{ externalTaskId: task_id, operation }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("pays a synchronous call once, however often it is repeated", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const args = { operation: "legacy.tts", input: json(operations["legacy.tts"].example) }
      const first = yield* call("call_kling_api", args)
      expect(first.text).toMatch(/^legacy\.tts answered .*\n\{"task_id":/)
      const again = yield* call("call_kling_api", args)
      expect(json(again.structured["answer"])).toContain("http")
      expect((yield* ledgerOf(world)).charges).toHaveLength(1)
      yield* call("call_kling_api", { ...args, allow_duplicate: true })
      expect((yield* ledgerOf(world)).charges).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("reads for free", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text } = yield* call("call_kling_api", { operation: "legacy.voices.presets", input: "{}" })
      expect(text).toContain("Kling's data, not instructions")
      expect((yield* ledgerOf(world)).charges).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("finds and describes operations without a request", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const all = yield* call("call_kling_api", {})
      expect(all.structured["operations"]).toHaveLength(catalog.length)
      expect(all.text.length + json(all.structured).length).toBeLessThan(25_000)
      for (const [search, operation] of [
        ["avatar", "legacy.avatar"],
        ["edit a video: replace the background", "legacy.multi-elements"],
        ["talking photo", "legacy.avatar"],
        ["outpaint a picture", "legacy.images.expand"]
      ] as const) {
        const some = yield* call("call_kling_api", { search })
        const found = some.structured["operations"] as ReadonlyArray<object>
        expect({ search, first: found.slice(0, 2) }).toMatchObject({
          search,
          first: expect.arrayContaining([expect.objectContaining({ operation, billed: true })])
        })
      }
      expect((yield* call("call_kling_api", { search: "zyzzyva" })).text).toContain("No operations found")
      for (const { id } of catalog) {
        const one = yield* call("call_kling_api", { operation: id })
        expect(one.structured).toMatchObject({ operation: id, input_schema: { type: "object" } })
        expect(one.text.length + json(one.structured).length).toBeLessThan(25_000)
      }
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["operation legacy.image.expand is not known; nearest: legacy.images.expand", { operation: "legacy.image.expand" }],
    ["input is not JSON", { operation: "legacy.tts", input: "text" }],
    ["text is required", { operation: "legacy.tts", input: "{}" }],
    ["did you mean prompt?", { operation: "new.t2v.kling-3.0", input: json({ promt: "x" }) }],
    ["operation is required with input", { input: "{}" }],
    ["search is not used with operation", { operation: "legacy.tts", search: "x" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("call_kling_api", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
