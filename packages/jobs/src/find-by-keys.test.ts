import { describe, expect, it } from "@effect/vitest"
import { planImage, planVideo } from "@klingkit/core"
import { placeholderOf, planPipeline, stepFromPlan, type StepReference } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { programsOf } from "./polling/testing/programs.ts"
import { startJob } from "./submit/testing/start-job.ts"

const still: StepReference = { output: "image", step: "still" }
const keeper = Effect.gen(function* () {
  const video = yield* planVideo({ prompt: "he looks up", image: String(placeholderOf(still)) }, "api-key")
  return yield* planPipeline("keeper", [
    stepFromPlan("still", yield* planImage({ prompt: "a lighthouse keeper" }), []),
    stepFromPlan("clip", video, [still])
  ])
})

describe("the jobs under a caller's own keys", () => {
  it.effect(
    "are found by another program, tasks and pipelines, however many keys are asked for; Kling is not asked",
    () =>
      Effect.gen(function* () {
        const world = new KlingWorld({ speed: 1 })
        const start = yield* programsOf(world)
        const [one, other] = [yield* start(), yield* start()]
        const [task, pipeline] = Result.getOrThrow(
          yield* inVirtualTime(
            Effect.all([
              startJob(one.jobs, yield* planImage({ prompt: "a boat" }), { idempotencyKey: "boat" }),
              startJob(one.jobs, yield* keeper, { idempotencyKey: "keeper" })
            ])
          )
        )
        const requests = world.state.requests.rows.length
        const unknown = Array.from({ length: 450 }, (_, index) => `key ${index}`)
        const found = yield* other.jobs.findByKeys([...unknown, "keeper", "boat"])
        expect([...found.keys()].toSorted()).toEqual(["boat", "keeper"])
        expect([found.get("boat")?.handle, found.get("keeper")?.handle]).toEqual([task.handle, pipeline.handle])
        expect(found.get("keeper")?.pipeline?.steps.map(({ id }) => id)).toEqual(["still", "clip"])
        expect(world.state.requests.rows).toHaveLength(requests)
      })
  )
})
