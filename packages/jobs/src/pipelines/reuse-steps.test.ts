import { describe, expect, it } from "@effect/vitest"
import { invalidInput } from "@klingkit/core/internal"
import type { PipelinePlan } from "@klingkit/core/requests"
import { Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { Job } from "../job.ts"
import { Jobs } from "../jobs.ts"
import { startJob } from "../submit/testing/start-job.ts"
import { stepFailure } from "./pipeline-job.ts"
import { Pipelines, type StartPipelineOptions } from "./pipelines.ts"
import { charged, type Home, injectFault, makeHome, program, run } from "./testing/programs.ts"
import { planSamplePipeline, sampleOperations } from "./testing/sample-pipeline.ts"
import { planStoryboard } from "./testing/storyboard.ts"

/** Runs a plan whose steps are found by what they give, and follows it to its end. */
const runPlan = (plan: Effect.Effect<PipelinePlan, unknown>, options: StartPipelineOptions = {}) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const { handle } = yield* startJob(jobs, yield* Effect.orDie(plan), { reuseSteps: true, ...options })
    return yield* Effect.map(Stream.runLast(jobs.follow(handle)), Option.getOrThrow)
  })

const ended = (home: Home, plan: Effect.Effect<PipelinePlan, unknown>, options?: StartPipelineOptions) =>
  Effect.map(run(runPlan(plan, options), program(home)), (result): Job => Option.getOrThrow(Result.getOrThrow(result)))

/** How many tasks Kling has charged. */
const chargedTasks = (home: Home) => Effect.map(charged(home), ({ operations }) => operations.length)

const foundIn = (job: Job) => job.pipeline?.steps.filter(({ isFound }) => isFound === true).map(({ id }) => id)
const handlesOf = (job: Job) => new Map(job.pipeline?.steps.map(({ id, handle }) => [id, handle]))

describe("a pipeline that reuses steps", () => {
  it.effect("names every shot as a result, first those that no other step uses", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const job = yield* ended(home, planStoryboard())
      expect(job.pipeline?.steps.map(({ id, isResult, outputs }) => [id, isResult, outputs?.length])).toEqual([
        ["one", true, 1],
        ["two", true, 1],
        ["three", true, 1],
        ["elsewhere", true, 1]
      ])
      const urls = job.pipeline?.steps.flatMap(({ outputs = [] }) => outputs)
      expect(job.task.outputs).toEqual([urls?.[2], urls?.[3], urls?.[0], urls?.[1]])
    })
  )

  it.effect.each([
    ["the last shot", { elsewhere: "a village, heavy snow" }, 1],
    ["the first shot", { one: "a red fox" }, 3],
    ["a shot between", { two: "it crosses a frozen brook" }, 2],
    ["nothing but blanks", { one: " a fox " }, 0]
  ] as const)("pays for what an edit of %s changed, even a day later", ([, edit, paid]) =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const first = yield* ended(home, planStoryboard())
      yield* TestClock.adjust("1 day")
      const second = yield* ended(home, planStoryboard(edit, "another title"))
      expect([second.task.status, second.handle === first.handle]).toEqual(["succeed", false])
      expect(yield* chargedTasks(home)).toBe(4 + paid)
      expect(foundIn(second)).toHaveLength(4 - paid)
      expect(second.task.charges).toHaveLength(paid)
      for (const id of foundIn(second) ?? []) expect(handlesOf(second).get(id)).toBe(handlesOf(first).get(id))
    })
  )

  it.effect("finds its steps when they are reordered, renamed, or when one is added", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* ended(home, planStoryboard())
      const reordered = Effect.map(planStoryboard(), (plan) => {
        const [one, two, three, elsewhere] = plan.steps
        if (one === undefined || two === undefined || three === undefined || elsewhere === undefined) return plan
        return { ...plan, steps: [{ ...elsewhere, id: "village" }, one, two, three, { ...elsewhere, id: "again" }] }
      })
      // Two identical steps are two shots.
      expect(foundIn(yield* ended(home, reordered))).toEqual(["village", "one", "two", "three"])
      expect(yield* chargedTasks(home)).toBe(5)
    })
  )

  it.effect("does not find what Kling has deleted", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* ended(home, planStoryboard())
      yield* TestClock.adjust("31 days")
      yield* ended(home, planStoryboard({ elsewhere: "a town" }))
      expect(yield* chargedTasks(home)).toBe(8)
    })
  )

  it.effect("finds nothing where it has a key of its own or is another take", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* ended(home, planStoryboard())
      yield* ended(home, planStoryboard(), { take: 2 })
      expect(yield* chargedTasks(home)).toBe(8)
      yield* ended(home, planStoryboard(), { allowDuplicate: true })
      expect(yield* chargedTasks(home)).toBe(12)
      yield* ended(home, planStoryboard(), { idempotencyKey: "order 7", reuseSteps: false })
      expect(yield* chargedTasks(home)).toBe(16)
    })
  )

  it.effect("pays another take of one step, and of all that take from it, once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* ended(home, planStoryboard())
      const retaken = yield* ended(home, planStoryboard(), { stepTakes: { two: 2 } })
      expect(foundIn(retaken)).toEqual(["one", "elsewhere"])
      expect((yield* ended(home, planStoryboard(), { stepTakes: { two: 2 } })).handle).toBe(retaken.handle)
      expect(yield* chargedTasks(home)).toBe(6)
    })
  )

  it.effect("makes only the steps that are named, and what they take from", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const some = yield* ended(home, planStoryboard(), { only: ["two"] })
      expect([...handlesOf(some).keys()]).toEqual(["one", "two"])
      expect(yield* chargedTasks(home)).toBe(2)
      expect(foundIn(yield* ended(home, planStoryboard()))).toEqual(["one", "two"])
      expect(yield* chargedTasks(home)).toBe(4)
      const refused = Effect.gen(function* () {
        return yield* Effect.flip(startJob(yield* Jobs, yield* planStoryboard(), { only: ["tow"] }))
      })
      const error = Option.getOrThrow(Result.getOrThrow(yield* run(refused, program(home))))
      expect(error).toEqual(invalidInput([{ field: "only", message: "names no step: tow; did you mean two?" }]))
    })
  )

  it.effect("pays only a shot that was fixed after it had failed, and what had waited for it", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "fail", message: "blocked", on: "new.omni.kling-3.0-omni" })
      const stopped = yield* ended(home, planStoryboard())
      expect(stopped.task.status).toBe("failed")
      const before = yield* chargedTasks(home)
      const fixed = yield* ended(home, planStoryboard({ two: "it walks on" }))
      expect([fixed.task.status, foundIn(fixed)]).toEqual(["succeed", ["one", "elsewhere"]])
      expect((yield* chargedTasks(home)) - before).toBe(2)
    })
  )

  it.effect("leaves a step that has failed at Kling until it is to be retried, in an edited pipeline too", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "fail", message: "blocked", on: "new.omni.kling-3.0-omni" })
      const stopped = yield* ended(home, planStoryboard())
      const sent = home.world.state.tasks.size
      for (const edit of [{}, { three: "it looks around" }]) {
        const again = yield* ended(home, planStoryboard(edit), { retryFailed: false })
        expect([again.task.status, stepFailure(again)?.message]).toEqual([
          "failed",
          expect.stringContaining("step two: task")
        ])
      }
      expect(home.world.state.tasks.size).toBe(sent)
      const retried = yield* ended(home, planStoryboard(), { retryFailed: true })
      expect([retried.handle, retried.task.status]).toEqual([stopped.handle, "succeed"])
      expect(home.world.state.tasks.size).toBe(sent + 2)
      const edited = yield* ended(home, planStoryboard({ three: "it looks around" }), { retryFailed: false })
      expect(edited.task.status).toBe("failed")
      const resumed = yield* ended(home, planStoryboard({ three: "it looks around" }))
      expect([resumed.task.status, foundIn(resumed)]).toEqual(["succeed", ["one", "two", "elsewhere"]])
      expect(home.world.state.tasks.size).toBe(sent + 3)
    })
  )

  it.effect("shares the steps of two pipelines that run at once, each paid once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const both = yield* Effect.all(
        [ended(home, planStoryboard()), ended(home, planStoryboard({ three: "it looks around" }))],
        { concurrency: 2 }
      )
      expect(both.map(({ task }) => task.status)).toEqual(["succeed", "succeed"])
      expect(yield* chargedTasks(home)).toBe(5)
    })
  )

  it.effect("searches faces again only for a lip-sync that is not made", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const sample = planSamplePipeline("api-key")
      yield* ended(home, sample)
      yield* TestClock.adjust("2 days")
      const retaken = yield* ended(home, sample, { stepTakes: { sound: 2 } })
      expect((yield* charged(home)).operations).toEqual([...sampleOperations, "legacy.video-to-audio"])
      expect(retaken.pipeline?.quote.priceUsd).toBeLessThan(0.1)
      yield* ended(home, sample, { stepTakes: { speaking: 2 } })
      expect((yield* charged(home)).operations.slice(7)).toEqual([
        "legacy.identify-face",
        "legacy.advanced-lip-sync",
        "legacy.video-to-audio"
      ])
    })
  )
})

describe("the price of a pipeline that reuses steps", () => {
  it.effect("is that of what is paid now: for its quote, its limits, its reservation and its approval", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const first = yield* ended(home, planStoryboard())
      const edit = { elsewhere: "a town" }
      const each = (yield* planStoryboard(edit)).steps[3]?.plan.quote.priceUsd ?? 0
      const limits = { confirmAboveUsd: 0.01, maxUsdPerCall: each * 1.5 }
      const approved = Effect.gen(function* () {
        const jobs = yield* Jobs
        const plan = yield* planStoryboard(edit)
        const { quote, steps } = yield* Pipelines.use((pipelines) => pipelines.quote(plan, { reuseSteps: true }))
        const unapproved = yield* Effect.flip(startJob(jobs, plan, { reuseSteps: true }))
        const forTheWhole = yield* jobs.approve(plan)
        const wrong = yield* Effect.flip(startJob(jobs, plan, { reuseSteps: true, approval: forTheWhole }))
        const approval = yield* jobs.approve(plan, { reuseSteps: true })
        const job = yield* runPlan(planStoryboard(edit), { approval })
        const other = yield* planStoryboard({ elsewhere: "a city" })
        const again = yield* Effect.flip(startJob(jobs, other, { reuseSteps: true, approval }))
        return { quote, steps, codes: [unapproved.code, wrong.code, again.code], job }
      })
      const result = yield* run(approved, program(home, { limits }))
      const { quote, steps, codes, job } = Option.getOrThrow(Result.getOrThrow(result))
      expect(quote.priceUsd).toBeCloseTo(each)
      expect(steps.map(({ handle }) => handle)).toEqual([
        ...["one", "two", "three"].map((id) => handlesOf(first).get(id)),
        undefined
      ])
      expect(codes).toEqual(["JOB_NOT_APPROVED", "LEDGER_NOT_APPROVED", "LEDGER_NOT_APPROVED"])
      expect([job.task.status, job.pipeline?.quote]).toEqual(["succeed", quote])
      expect(yield* chargedTasks(home)).toBe(5)
    })
  )

  it.effect("needs an approval for a failed step that is retried, but not for what was approved and not sent", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const on = "new.omni.kling-3.0-omni"
      const limits = { confirmAboveUsd: 0.01 }
      const again = (options: StartPipelineOptions) =>
        run(runPlan(planStoryboard(), options), program(home, { limits }))
      yield* injectFault(home, { fault: "refuse", code: 1201, on })
      yield* ended(home, planStoryboard(), { isApproved: true })
      yield* injectFault(home, { fault: "fail", message: "blocked", on })
      expect(Option.getOrThrow(Result.getOrThrow(yield* again({}))).task.status).toBe("failed")
      const unapproved = yield* again({ retryFailed: true })
      expect(Result.isFailure(unapproved) && unapproved.failure).toMatchObject({
        code: "JOB_NOT_APPROVED",
        wasCharged: "no"
      })
      const approved = Effect.gen(function* () {
        const approval = yield* (yield* Jobs).approve(yield* planStoryboard(), { reuseSteps: true })
        return yield* runPlan(planStoryboard(), { approval })
      })
      const job = Option.getOrThrow(Result.getOrThrow(yield* run(approved, program(home, { limits }))))
      expect(job.task.status).toBe("succeed")
    })
  )

  it.effect(
    "needs the same approval when it is resumed by its handle, and none for what was refused and never paid",
    () =>
      Effect.gen(function* () {
        const home = yield* makeHome
        const on = "new.omni.kling-3.0-omni"
        const limits = { confirmAboveUsd: 0.01 }
        const resume = (handle: string, isApproved: boolean) =>
          run(
            Effect.gen(function* () {
              const jobs = yield* Jobs
              yield* jobs.resume(handle, { isApproved })
              return yield* Effect.map(Stream.runLast(jobs.follow(handle)), Option.getOrThrow)
            }),
            program(home, { limits })
          )
        const statusOf = (result: Effect.Success<ReturnType<typeof resume>>) =>
          Option.getOrThrow(Result.getOrThrow(result)).task.status
        yield* injectFault(home, { fault: "refuse", code: 1201, on })
        const { handle } = yield* ended(home, planStoryboard(), { isApproved: true })
        yield* injectFault(home, { fault: "fail", message: "blocked", on })
        expect(statusOf(yield* resume(handle, false))).toBe("failed")
        const paid = yield* chargedTasks(home)
        const unapproved = yield* resume(handle, false)
        expect(Result.isFailure(unapproved) && unapproved.failure).toMatchObject({
          code: "JOB_NOT_APPROVED",
          wasCharged: "no"
        })
        expect(yield* chargedTasks(home)).toBe(paid)
        expect(statusOf(yield* resume(handle, true))).toBe("succeed")
      })
  )
})
