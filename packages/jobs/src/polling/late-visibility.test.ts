import { describe, expect, it } from "@effect/vitest"
import { type CredentialKind, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Option, Result, Stream } from "effect"
import { type Home, makeHome, program, run, runSample } from "../pipelines/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"
import { type Program, programsOf } from "./testing/programs.ts"

/** A Kling whose lookups, single and by list, do not find a new task at first. */
const worldThatHides = (seconds: number) =>
  new KlingWorld({ speed: 1, faults: { switches: { visibilityDelaySeconds: seconds } } })

const submitVideo = ({ jobs }: Program, credential: CredentialKind = "api-key") =>
  Effect.flatMap(planVideo({ prompt: "a cat" }, credential), (plan) => startJob(jobs, plan))

const endOf = ({ jobs }: Program, handle: string) => Effect.map(Stream.runLast(jobs.follow(handle)), Option.getOrThrow)

describe("a task that Kling has accepted and does not show yet", () => {
  it.effect.each(["api-key", "key-pair"] as const)("is submitted, and waited for: with %s", (credential) =>
    Effect.gen(function* () {
      const program = yield* (yield* programsOf(worldThatHides(120), credential))()
      const seen = Effect.gen(function* () {
        const { handle } = yield* submitVideo(program, credential)
        const { task, record } = yield* program.jobs.status(handle)
        const { task: end } = yield* endOf(program, handle)
        return [task.status, record?.state, end.status]
      })
      expect(yield* inVirtualTime(seen)).toEqual(Result.succeed(["submitted", "ACCEPTED", "succeed"]))
    })
  )

  it.effect("is waited for beside others, with which one request reads it", () =>
    Effect.gen(function* () {
      const program = yield* (yield* programsOf(worldThatHides(60)))()
      const prompts = ["first", "second", "third", "fourth"]
      const ends = Effect.forEach(
        prompts,
        (prompt) =>
          Effect.gen(function* () {
            const { handle } = yield* startJob(program.jobs, yield* planVideo({ prompt }, "api-key"))
            return (yield* endOf(program, handle)).task.status
          }),
        { concurrency: "unbounded" }
      )
      expect(yield* inVirtualTime(ends)).toEqual(Result.succeed(prompts.map(() => "succeed")))
    })
  )

  it.effect("does not stop its pipeline", () =>
    Effect.gen(function* () {
      const { ledger } = yield* makeHome
      const home: Home = { ledger, world: new KlingWorld({ faults: { switches: { visibilityDelaySeconds: 30 } } }) }
      const job = Result.getOrThrow(yield* run(runSample(), program(home)))
      expect(Option.getOrThrow(job).task.status).toBe("succeed")
    })
  )

  it.effect("is an error after a quarter of an hour: accepted, perhaps charged, and not to be sent again", () =>
    Effect.gen(function* () {
      const program = yield* (yield* programsOf(worldThatHides(86_400)))()
      const waited = Effect.gen(function* () {
        const { handle } = yield* submitVideo(program)
        const error = yield* Effect.flip(endOf(program, handle))
        return { handle, error, row: yield* program.ledger.get(handle) }
      })
      const { handle, error, row } = Result.getOrThrow(yield* inVirtualTime(waited))
      expect(error).toMatchObject({
        code: "KLING_TASK_NOT_VISIBLE",
        wasCharged: "maybe",
        isRetryable: false,
        next: { _tag: "LookUp", handle }
      })
      expect(error.message).toMatch(/^Kling accepted task kk-t2v-\w+ at 1970-01-01T00:00:0\S+Z, but does not show it$/)
      expect(row).toMatchObject({ state: "ACCEPTED" })
    })
  )

  it.effect("is not an unknown one: that is reported at once", () =>
    Effect.gen(function* () {
      const program = yield* (yield* programsOf(worldThatHides(120)))()
      const unknown = Effect.flip(endOf(program, "kk-t2v-0123456789abcdefghjkmnpqrs"))
      expect(yield* inVirtualTime(unknown)).toMatchObject({ success: { code: "KLING_TASK_NOT_FOUND" } })
    })
  )
})
