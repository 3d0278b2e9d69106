import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { Effect, Option, Result, Schema, Stream } from "effect"
import { Job } from "./job.ts"
import { Jobs } from "./jobs.ts"
import { makeHome, program, run, runSample } from "./pipelines/testing/programs.ts"
import { startJob } from "./submit/testing/start-job.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(Job))
const decode = Schema.decodeSync(Schema.fromJsonString(Job))

/** A job as it is returned by its submission, and at its end. */
const makeVideo = Effect.gen(function* () {
  const jobs = yield* Jobs
  const submitted = yield* startJob(jobs, yield* planVideo({ prompt: "a fox" }, "key-pair"))
  return [submitted, Option.getOrThrow(yield* Stream.runLast(jobs.follow(submitted.handle)))]
})

describe("a job", () => {
  it.effect("reaches another process as JSON, complete but for its plan", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const [submitted, finished] = Option.getOrThrow(Result.getOrThrow(yield* run(makeVideo, program(home))))
      const pipeline = Option.getOrThrow(Result.getOrThrow(yield* run(runSample(), program(home))))
      expect(submitted?.plan?.input).toMatchObject({ prompt: "a fox" })
      expect([finished?.record?.state, pipeline.pipeline?.steps.length]).toEqual(["SUCCEEDED", 6])
      for (const { plan: _plan, ...job } of [submitted, finished, pipeline].filter((job) => job !== undefined)) {
        expect(decode(encode(job))).toEqual(job)
      }
    })
  )

  it("of another shape is rejected", () => {
    expect(() => decode(`{"handle":"kk-t2v-1"}`)).toThrow(`["task"]`)
  })
})
