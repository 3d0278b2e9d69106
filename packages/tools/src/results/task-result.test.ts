import { describe, expect, it } from "@effect/vitest"
import type { Charge, Quote, TaskStatus } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, passTime, startTask, injectFault } from "../testing/emulated.ts"
import { taskResult } from "./task-result.ts"

const quote: Quote = { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "3 video units = 5 s x 0.6" }

/** The cost lines, and the structured cost fields. */
const receipt = (status: TaskStatus, ...charges: ReadonlyArray<Charge>) => {
  const task = { id: "1", status, outputs: [], charges }
  const plan = { quote } as Parameters<typeof taskResult>[0]["plan"]
  const { lines, structured } = taskResult({ handle: "kk-t2v-1", task, ...(plan === undefined ? {} : { plan }) })
  const { quoted, charged, quote_mismatch } = structured
  return { lines: lines.filter((line) => /^(Quoted|Charged|Warning)/.test(line)), quoted, charged, quote_mismatch }
}

describe("the receipt of a task", () => {
  it("is shown once the task has finished, the same in text and structured content", () => {
    expect(receipt("processing").lines).toEqual(["Quoted: 3 video units ($0.42)"])
    expect(receipt("succeed", { kind: "unit", amount: 3, pack: "video" })).toEqual({
      lines: ["Quoted: 3 video units ($0.42)", "Charged: 3 video units ($0.42), as quoted"],
      quoted: "3 video units ($0.42)",
      charged: "3 video units ($0.42), as quoted",
      quote_mismatch: undefined
    })
    expect(receipt("succeed", { kind: "cash", amount: 0.42, currency: "USD" }).charged).toBe(
      "0.42 USD of the balance, as quoted"
    )
  })

  it("reports a mismatch", () => {
    expect(receipt("succeed", { kind: "unit", amount: 4 })).toEqual({
      lines: [
        "Quoted: 3 video units ($0.42)",
        "Charged: 4 video units ($0.56)",
        "Warning: quoted 3 units, charged 4 units; check Kling's billing record"
      ],
      quoted: "3 video units ($0.42)",
      charged: "4 video units ($0.56)",
      quote_mismatch: "quoted 3 units, charged 4 units"
    })
  })

  it.effect("reports what is known about a failed task", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "fail", message: "too dark" })
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text } = yield* call("check_video_status", { task_id })
      expect(text).toContain(
        "Quoted: 3 video units ($0.42)\nCharged: unknown: Kling did not report it and does not document what a"
      )
      expect(receipt("failed", { kind: "unit", amount: 3 }).charged).toBe("3 video units ($0.42), as quoted")
      expect(receipt("failed", { kind: "unit", amount: 0 }).lines).toContain("Charged: nothing")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("has lines of our own only, whatever Kling writes, and says what of its answer was left out", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      yield* injectFault(world, { fault: "hostile-strings", count: "always" })
      yield* injectFault(world, { fault: "odd-numbers", count: "always" })
      const { lines, structured } = yield* call("check_video_status", { task_id })
      expect(lines.filter((line) => /[\n\r\u202e\u001b]/.test(line))).toEqual([])
      expect(lines.filter((line) => line.startsWith("Charged:"))).toEqual(["Charged: unknown: Kling did not report it"])
      expect(lines).toContainEqual(
        expect.stringContaining("Note: left out of Kling's answer: outputs[].id, not a valid id; billing[].amount")
      )
      expect(JSON.stringify(structured)).not.toMatch(/\\n|\u202e|\\u001b/)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("comes with a synchronous call", () =>
    Effect.gen(function* () {
      const speech = { kind: "speech", text: "Good morning" }
      const charged = "0.05 video units ($0.007), as quoted"
      expect((yield* call("generate_audio", speech)).structured).toMatchObject({ charged })
      const input = JSON.stringify({ text: "Good day", voiceId: "oversea_male1", voiceLanguage: "en" })
      const raw = yield* call("call_kling_api", { operation: "legacy.tts", input })
      expect([raw.structured["charged"], raw.text]).toEqual([charged, expect.stringContaining(`Charged: ${charged}`)])
      const faces = JSON.stringify({ videoUrl: "https://a.example/a.mp4" })
      const found = yield* call("call_kling_api", { operation: "legacy.identify-face", input: faces })
      expect(found.structured).toMatchObject({
        quoted: "0.05 video units ($0.007)",
        charged: "unknown: Kling did not report it"
      })
      const parts = yield* call("describe_image", { image_url: "https://a.example/a.png" })
      expect(parts.text).toContain("Quoted: 0.1 video units ($0.014)\nCharged: ")
    }).pipe(Effect.provide(emulated()))
  )
})
