import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Jobs } from "../jobs.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { sampleOperations, planSamplePipeline } from "./testing/sample-pipeline.ts"
import { charged, injectFault, makeHome, program, run, runSample } from "./testing/programs.ts"
import { stepFailure } from "./pipeline-job.ts"
import { toPlan } from "@klingkit/core/requests"
import { startJob } from "../submit/testing/start-job.ts"

const sampleUsd = 0.567

/** The job that a program has returned. */
const jobOf = <A, E>(ended: Result.Result<Option.Option<A>, E>): A => Option.getOrThrow(Result.getOrThrow(ended))

describe("a pipeline", () => {
  it.effect("makes an image, a video and its audio under one handle, each step paid once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const sample = jobOf(yield* run(runSample(), program(home)))
      expect(sample).toMatchObject({
        handle: expect.stringMatching(/^kk-chain-/),
        task: {
          status: "succeed",
          outputs: [{ type: "video" }, { type: "image" }, { type: "video" }, { type: "video" }]
        },
        pipeline: { quote: { state: "estimate" } }
      })
      expect(sample.pipeline?.quote.priceUsd).toBeCloseTo(sampleUsd)
      expect(yield* charged(home)).toEqual({ operations: sampleOperations, usd: sampleUsd })
    })
  )

  it.effect("that two programs run at once is still one pipeline", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const both = yield* Effect.all([run(runSample(), program(home)), run(runSample(), program(home))], {
        concurrency: 2
      })
      expect(new Set(both.map((ended) => jobOf(ended).handle)).size).toBe(1)
      expect((yield* charged(home)).operations).toEqual(sampleOperations)
    })
  )

  it.effect("whose step is refused reports what is paid, and resumes there when the same request is repeated", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "refuse", code: 1201, message: "no such face", on: "legacy.advanced-lip-sync" })
      const stopped = jobOf(yield* run(runSample(), program(home)))
      expect(stopped.task).toMatchObject({
        status: "failed",
        message: expect.stringMatching(
          /^step speaking: .+no such face.+; already paid: 8 image units \(legacy\.images.+ and 0\.05 video units \(legacy\.identify-face\); remaining: speaking, sound$/
        )
      })
      expect((yield* charged(home)).operations).toEqual(sampleOperations.slice(0, 4))
      yield* TestClock.adjust("1 hour")
      expect(jobOf(yield* run(runSample(), program(home)))).toMatchObject({
        handle: stopped.handle,
        task: { status: "succeed" }
      })
      expect((yield* charged(home)).operations).toEqual(sampleOperations)
    })
  )

  it.effect("that is resumed after more than a day detects the faces again, which Kling has discarded", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "refuse", code: 1201, on: "legacy.advanced-lip-sync" })
      yield* run(runSample(), program(home))
      yield* TestClock.adjust("2 days")
      expect(jobOf(yield* run(runSample(), program(home))).task.status).toBe("succeed")
      expect((yield* charged(home)).operations).toEqual(sampleOperations.toSpliced(4, 0, "legacy.identify-face"))
    })
  )

  it.effect("does not repeat a step whose outcome is unknown, unless that is allowed", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "commit-then-drop", on: "legacy.tts" })
      const lost = jobOf(yield* run(runSample(), program(home)))
      expect(lost.task.message).toMatch(/^step speaking-speech: .*not known whether Kling accepted the request/)
      const again = jobOf(yield* run(runSample(), program(home)))
      expect(again.task.message).toMatch(/^step speaking-speech: it is unknown whether Kling accepted the request/)
      expect((yield* charged(home)).operations).toEqual(sampleOperations.slice(0, 3))
      const repeated = Effect.gen(function* () {
        const jobs = yield* Jobs
        const { handle } = yield* jobs.resume(lost.handle, { repeatUnknown: true })
        return yield* Stream.runLast(jobs.follow(handle)).pipe(Effect.map(Option.getOrThrow))
      })
      expect(jobOf(yield* run(repeated, program(home))).task.status).toBe("succeed")
      expect((yield* charged(home)).operations.filter((operation) => operation === "legacy.tts")).toHaveLength(2)
    })
  )

  it.effect("needs an approval to repeat a step whose outcome is unknown, which may be paid twice", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "commit-then-drop", on: "legacy.tts" })
      const { handle } = jobOf(yield* run(runSample(), program(home)))
      const paid = yield* charged(home)
      const resume = (isApproved: boolean) =>
        run(
          Jobs.use((jobs) => jobs.resume(handle, { repeatUnknown: true, isApproved })),
          program(home, { limits: { confirmAboveUsd: 0.001 } })
        )
      const unapproved = yield* resume(false)
      expect(Result.isFailure(unapproved) && unapproved.failure).toMatchObject({
        code: "JOB_NOT_APPROVED",
        wasCharged: "no"
      })
      expect(yield* charged(home)).toEqual(paid)
      expect(Result.isSuccess(yield* resume(true))).toBe(true)
    })
  )

  it.effect("does not deny a charge when the outcome is unknown, nor suggest that it resumes on its own", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "commit-then-drop", on: "legacy.tts" })
      const speech = Effect.map(planSamplePipeline("api-key"), (sample) => ({
        ...sample,
        steps: sample.steps.slice(2, 3)
      }))
      const failed = stepFailure(jobOf(yield* run(runSample({}, speech), program(home))))
      expect((yield* charged(home)).operations).toEqual(["legacy.tts"])
      expect(failed?.wasCharged).toBe("maybe")
      expect(failed?.suggestion).toContain("with repeatUnknown")
    })
  )

  it.effect.each([
    [20, "succeed"],
    [21, "failed"]
  ] as const)("whose step %i programs in a row could not send ends as %s", ([programs, status]) =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "refuse", code: 1201, on: "legacy.images.generations" })
      const { handle } = jobOf(yield* run(runSample(), program(home)))
      const { account } = yield* home.ledger.pipelines.get(handle, "local")
      for (let attempt = 0; attempt < programs; attempt++) {
        const idempotencyKey = `${handle}/still/1/${attempt}`
        const partOf = { pipeline: handle, step: "still" }
        const { job } = yield* home.ledger.createJob(sampleJob({ account, partOf, idempotencyKey }))
        yield* home.ledger.transition(job.handle, ["INTENT"], "REFUSED", { message: "its process ended first" })
      }
      expect(jobOf(yield* run(runSample(), program(home)))).toMatchObject({ handle, task: { status } })
      expect((yield* charged(home)).operations).toEqual(status === "succeed" ? sampleOperations : [])
    })
  )

  it.effect("whose stored steps do not fit sends nothing", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const { handle: whole } = jobOf(yield* run(runSample(), program(home)))
      const { account } = yield* home.ledger.pipelines.get(whole, "local")
      const { quote } = sampleJob()
      const { pipeline } = yield* home.ledger.pipelines.create({
        handle: "kk-chain-00000000000000000000000001",
        principal: "local",
        account,
        name: "one video",
        fingerprint: "one video",
        quote,
        steps: [{ id: "video", operation: "new.t2v.kling-3.0", quote, needs: [], takesFrom: [] }],
        plan: { steps: [{ id: "video", operation: "new.t2v.kling-3.0" }] }
      })
      const followed = Jobs.use((jobs) => Effect.flip(Stream.runDrain(jobs.follow(pipeline.handle))))
      expect(jobOf(yield* run(followed, program(home)))).toMatchObject({ code: "LEDGER_QUARANTINED" })
      expect((yield* home.ledger.pipelines.get(pipeline.handle, "local")).state).toBe("RUNNING")
      expect((yield* charged(home)).operations).toEqual(sampleOperations)
    })
  )

  it.effect("is limited as a whole before its first step, and its price is reserved", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const limits = { maxUsdPerDay: 1 }
      yield* injectFault(home, { fault: "slow", delayMs: 60_000, on: "legacy.images.generations" })
      const codes = yield* run(
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const sample = yield* planSamplePipeline("api-key")
          yield* startJob(jobs, sample)
          const second = yield* Effect.flip(startJob(jobs, sample, { allowDuplicate: true }))
          return [second.code, second.wasCharged]
        }),
        program(home, { limits })
      )
      expect(jobOf(codes)).toEqual(["LEDGER_OVER_BUDGET", "no"])
      const tight = yield* run(runSample({ allowDuplicate: true }), program(home, { limits: { maxUsdPerCall: 0.5 } }))
      expect(Result.isFailure(tight) && tight.failure.code).toBe("LEDGER_OVER_BUDGET")
    })
  )

  it.effect("needs one approval as a whole, which is valid for exactly that pipeline, once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const limits = { confirmAboveUsd: 0.1 }
      const unapproved = yield* run(runSample(), program(home, { limits }))
      expect(Result.isFailure(unapproved) && unapproved.failure.code).toBe("JOB_NOT_APPROVED")
      const approved = Effect.gen(function* () {
        const jobs = yield* Jobs
        const approval = yield* jobs.approve(toPlan(yield* planSamplePipeline("api-key")))
        const other = yield* planSamplePipeline("key-pair")
        const refused = yield* Effect.flip(startJob(jobs, other, { approval }))
        const sample = yield* runSample({ approval })
        const twice = yield* Effect.flip(
          startJob(jobs, yield* planSamplePipeline("api-key"), { approval, allowDuplicate: true })
        )
        return [refused.code, sample.task.status, twice.code]
      })
      expect(jobOf(yield* run(approved, program(home, { limits })))).toEqual([
        "LEDGER_NOT_APPROVED",
        "succeed",
        "LEDGER_NOT_APPROVED"
      ])
      expect((yield* charged(home)).operations).toEqual(sampleOperations)
    })
  )
})
