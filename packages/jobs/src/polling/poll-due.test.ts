import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { startJob } from "../submit/testing/start-job.ts"
import { programsOf, readsOf } from "./testing/programs.ts"

describe("tasks without a waiting caller", () => {
  it.effect("end in the ledger, of any principal, at the price of few polls", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const start = yield* programsOf(world)
      const server = yield* start()
      const handles = Result.getOrThrow(
        yield* inVirtualTime(
          Effect.forEach(["key:anna", "key:bert"], (principal) =>
            // Its program ends right after the submission.
            Effect.scoped(
              Effect.gen(function* () {
                const { jobs } = yield* start(principal)
                return (yield* startJob(jobs, yield* planVideo({ prompt: `a cat of ${principal}` }, "api-key"))).handle
              })
            )
          )
        )
      )
      const states = Effect.map(server.ledger.unfinished({ states: ["ACCEPTED", "RUNNING"] }), (jobs) => jobs.length)
      expect(yield* states).toBe(2)
      const readsBefore = readsOf(world).length
      yield* inVirtualTime(
        Effect.repeat(Effect.andThen(server.jobs.pollDue(), Effect.sleep("2 seconds")), {
          until: () => Effect.map(Effect.orDie(states), (running) => running === 0)
        })
      )
      for (const [index, principal] of ["key:anna", "key:bert"].entries()) {
        expect(yield* server.ledger.get(handles[index] ?? "", principal)).toMatchObject({ state: "SUCCEEDED" })
      }
      const reads = readsOf(world).length - readsBefore
      yield* inVirtualTime(server.jobs.pollDue())
      expect(readsOf(world).length - readsBefore).toBe(reads)
      expect(reads).toBeLessThan(40)
    })
  )
})
