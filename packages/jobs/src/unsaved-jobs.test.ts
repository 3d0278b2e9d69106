import { describe, expect, it } from "@effect/vitest"
import { operations, planImage, planOperation } from "@klingkit/core"
import { planLipSync, planPipeline } from "@klingkit/core/requests"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { readsOf } from "./polling/testing/programs.ts"
import { savingProgram, type SavingProgram } from "./results/testing/saving-program.ts"
import { startJob } from "./submit/testing/start-job.ts"

const submitImage = ({ jobs }: SavingProgram, prompt: string) =>
  Effect.flatMap(planImage({ prompt }), (plan) => Effect.map(startJob(jobs, plan), ({ handle }) => handle))

/** The handles and statuses of what is not saved, read in virtual time. */
const unsaved = ({ jobs }: SavingProgram) =>
  Effect.map(inVirtualTime(jobs.unsaved()), (read) =>
    Result.getOrThrow(read).map(({ handle, task }) => [handle, task.status])
  )

describe("what is not saved", () => {
  it.effect("is what runs and what has ended, newest first, until it is saved; Kling is asked once for all", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      const run = Effect.gen(function* () {
        const handles = yield* Effect.forEach(["a", "b", "c"], (prompt) =>
          Effect.tap(submitImage(program, prompt), Effect.sleep("1 second"))
        )
        program.world.state.faults.add([{ fault: "fail" }])
        yield* submitImage(program, "fails")
        yield* Effect.sleep("1 minute")
        return handles
      })
      const [a, b, c] = Result.getOrThrow(yield* inVirtualTime(run))
      const before = readsOf(program.world).length
      // No program has read them since they were submitted.
      expect(yield* unsaved(program)).toEqual([c, b, a].map((handle) => [handle, "succeed"]))
      expect(readsOf(program.world)).toHaveLength(before + 1)
      Result.getOrThrow(yield* program.download(b ?? ""))
      expect((yield* unsaved(program)).map(([handle]) => handle)).toEqual([c, a])
      yield* TestClock.adjust("31 days")
      expect(yield* unsaved(program)).toEqual([])
    })
  )

  it.effect("is a pipeline as a whole, whose speech and faces are no results of their own", () =>
    Effect.gen(function* () {
      const program = yield* savingProgram()
      const { jobs } = program
      const run = Effect.gen(function* () {
        const speech = yield* planOperation(operations["legacy.tts"], {
          text: "Good morning, and welcome",
          voiceId: "oversea_male1",
          voiceLanguage: "en"
        })
        const steps = yield* planLipSync({ id: "lips", video: "https://a.example/a.mp4", videoSeconds: 5, speech })
        const whole = yield* startJob(jobs, yield* planPipeline("speaking", steps))
        const early = (yield* jobs.unsaved()).map(({ handle }) => handle)
        yield* Stream.runDrain(jobs.follow(whole.handle))
        return { handle: whole.handle, early }
      })
      const { handle, early } = Result.getOrThrow(yield* inVirtualTime(run))
      expect(early).toEqual([handle])
      expect(yield* unsaved(program)).toEqual([[handle, "succeed"]])
      const { pipeline } = Result.getOrThrow(yield* inVirtualTime(jobs.status(handle)))
      const [result = ""] = pipeline?.steps.flatMap((step) => (step.isResult ? (step.handle ?? []) : [])) ?? []
      yield* program.ledger.transition(result, ["SUCCEEDED"], "FETCHED")
      expect(yield* unsaved(program)).toEqual([])
    })
  )
})
