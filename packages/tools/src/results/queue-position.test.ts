import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { Progress } from "../progress.ts"
import { call, emulated, ledgerOf, startTask, whileTimePasses } from "../testing/emulated.ts"

describe("a request that waits for a concurrency slot", () => {
  it.effect("shows its position and time wherever it is read, and is made in the end", () => {
    const world = new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1 } } } })
    const messages: Array<string> = []
    return Effect.gen(function* () {
      yield* startTask("generate_video")
      const submitted = yield* whileTimePasses(call("generate_video", { prompt: "a dog" }))
      const waits = /It is queued, position 1, about \d+ s\. Call wait_for_task/
      expect(submitted.text).toMatch(waits)
      expect(submitted.structured["next"]).toMatch(waits)
      const { task_id } = submitted.structured
      expect((yield* call("check_video_status", { task_id })).text).toMatch(waits)
      yield* whileTimePasses(call("wait_for_task", { task_id, timeout_seconds: 2 }))
      expect(messages.at(-1)).toMatch(/^Task is queued, position 1, about \d+ s$/)
      const isMade = ({ text }: { readonly text: string }) => text.includes("Status: succeed")
      yield* whileTimePasses(Effect.repeat(call("wait_for_task", { task_id }), { until: isMade, times: 10 }))
      expect((yield* call("check_video_status", { task_id })).text).toContain("Status: succeed")
      expect((yield* ledgerOf(world)).charges).toHaveLength(2)
    }).pipe(
      Effect.provide(emulated(world)),
      Effect.provideService(Progress, (message) => Effect.sync(() => messages.push(message)))
    )
  })
})
