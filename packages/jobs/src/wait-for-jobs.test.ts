import { describe, expect, it } from "@effect/vitest"
import { planImage, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Effect, Result } from "effect"
import { Jobs } from "./jobs.ts"
import { type Program, programsOf, readsOf } from "./polling/testing/programs.ts"
import { startJob } from "./submit/testing/start-job.ts"
import { waitForJobs } from "./wait-for-jobs.ts"

const worldInRealTime = () => new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1000 } } } })

const videos = ({ jobs }: Program, count: number) =>
  Effect.forEach(Array.from({ length: count }), (_, index) =>
    Effect.flatMap(planVideo({ prompt: `video ${index}` }, "api-key"), (plan) =>
      Effect.map(startJob(jobs, plan), ({ handle }) => handle)
    )
  )

/** One wait, what it says of each id, and how many seconds it took. */
const wait = Effect.fnUntraced(function* ({ jobs }: Program, ids: ReadonlyArray<string>, timeoutSeconds: number) {
  const from = yield* Clock.currentTimeMillis
  const awaited = yield* Effect.provideService(waitForJobs(ids, { timeoutSeconds }), Jobs, jobs)
  const seconds = ((yield* Clock.currentTimeMillis) - from) / 1000
  return { seconds, all: awaited.map(({ id, result }) => [id, stateOf(result)] as const) }
})

const stateOf = Result.match({
  onSuccess: ({ task }: { readonly task: { readonly status: string } }) => task.status,
  onFailure: ({ code }: { readonly code: string }) => code
})

describe("waiting for several jobs", () => {
  it.effect("ends with the last of them, and costs few more reads than one does", () =>
    Effect.gen(function* () {
      const readsFor = Effect.fnUntraced(function* (count: number) {
        const world = worldInRealTime()
        const program = yield* Effect.flatten(programsOf(world).pipe(Effect.map((start) => start())))
        const { all } = Result.getOrThrow(
          yield* inVirtualTime(Effect.flatMap(videos(program, count), (handles) => wait(program, handles, 600)))
        )
        expect(all.map(([, state]) => state)).toEqual(Array.from({ length: count }, () => "succeed"))
        return readsOf(world).length
      })
      const [one, ten] = [yield* readsFor(1), yield* readsFor(10)]
      expect(one).toBeGreaterThan(3)
      expect(ten).toBeLessThan(2 * one)
    })
  )

  it.effect("tells first what has ended first; a wrong id and a running job have their result beside it", () =>
    Effect.gen(function* () {
      const program = yield* Effect.flatten(programsOf(worldInRealTime()).pipe(Effect.map((start) => start())))
      const run = Effect.gen(function* () {
        const [video = ""] = yield* videos(program, 1)
        const { handle: image, task } = yield* startJob(program.jobs, yield* planImage({ prompt: "an image" }))
        const ids = ["kk-t2v-00000000000000000000000000", video, image, task.id]
        return { video, image, early: yield* wait(program, ids, 30), late: yield* wait(program, ids, 600) }
      })
      const { video, image, early, late } = Result.getOrThrow(yield* inVirtualTime(run))
      const unknown = ["kk-t2v-00000000000000000000000000", "KLING_TASK_NOT_FOUND"]
      // Kling's own id of the image is the same job.
      expect(early.all).toEqual([[image, "succeed"], unknown, [video, "processing"]])
      expect(early.seconds).toBe(30)
      expect(late.all).toEqual([[image, "succeed"], [video, "succeed"], unknown])
      expect(late.seconds).toBeLessThan(100)
    })
  )
})
