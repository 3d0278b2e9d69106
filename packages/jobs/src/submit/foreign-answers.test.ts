import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Option, Result, Stream } from "effect"
import { programsOf } from "../polling/testing/programs.ts"
import { startJob } from "./testing/start-job.ts"

/** A job over a Kling with these faults, until it has ended or failed; and what the ledger says of the day. */
const ended = Effect.fnUntraced(function* (fault: Fault) {
  const world = new KlingWorld({ faults: { faults: [fault] } })
  const { jobs, ledger, kling } = yield* (yield* programsOf(world))()
  const job = Effect.gen(function* () {
    const plan = yield* planVideo({ prompt: "a paper boat" }, "api-key")
    const { handle } = yield* startJob(jobs, plan)
    return Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
  })
  const result = yield* inVirtualTime(job)
  const { jobs: rows } = yield* ledger.list()
  const spentUsd = (yield* ledger.daySpend({ principal: "local", account: kling.account })).usedUsd
  return { world, result, rows, spentUsd }
})

describe("the ledger", () => {
  it.effect("counts the quote where Kling's bill cannot be right", () =>
    Effect.gen(function* () {
      const { result, spentUsd } = yield* ended({ fault: "odd-numbers", count: "always" })
      const { task, record } = Result.getOrThrow(result)
      expect([task.status, task.charges]).toEqual(["succeed", []])
      expect(spentUsd).toBe(record?.quote.priceUsd)
      expect(spentUsd).toBeGreaterThan(0)
    })
  )

  it.effect.each(["plain", "escaped", "percent", "base64", "tail"] as const)(
    "does not store the key that a server echoes: %s",
    (as) =>
      Effect.gen(function* () {
        const { world, rows } = yield* ended({ fault: "echo-key", as })
        const stored = JSON.stringify(rows)
        expect(stored).toContain("[secret]")
        expect(stored).not.toContain(world.keys.apiKey.slice(-8))
      })
  )
})
