import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Jobs } from "../jobs.ts"
import { filmOperations, planFilm } from "./testing/film.ts"
import { charged, make, makeHome, program, run, strike } from "./testing/programs.ts"
import { stepFailure } from "./chain-job.ts"
import { wholeOf } from "./chain-plan.ts"

const filmUsd = 0.567

/** The job that a program was shown last. */
const shown = <A, E>(ended: Result.Result<Option.Option<A>, E>): A => Option.getOrThrow(Result.getOrThrow(ended))

describe("a chain", () => {
  it.effect("goes from a picture to a film with sound under one handle, each step paid once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const film = shown(yield* run(make(), program(home)))
      expect(film).toMatchObject({
        handle: expect.stringMatching(/^kk-chain-/),
        task: { status: "succeed", outputs: [{ type: "video" }] },
        chain: { quote: { state: "estimate" } }
      })
      expect(film.chain?.quote.priceUsd).toBeCloseTo(filmUsd)
      expect(yield* charged(home)).toEqual({ operations: filmOperations, usd: filmUsd })
    })
  )

  it.effect("that two programs go on with at once is still one chain", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const both = yield* Effect.all([run(make(), program(home)), run(make(), program(home))], { concurrency: 2 })
      expect(new Set(both.map((one) => shown(one).handle)).size).toBe(1)
      expect((yield* charged(home)).operations).toEqual(filmOperations)
    })
  )

  it.effect("whose step is refused says what was paid, and goes on from there when it is asked for again", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* strike(home, { fault: "refuse", code: 1201, message: "no such face", on: "legacy.advanced-lip-sync" })
      const stopped = shown(yield* run(make(), program(home)))
      expect(stopped.task).toMatchObject({
        status: "failed",
        message: expect.stringMatching(
          /^step spoken: .+no such face.+; paid and kept: 8 image units \(legacy\.images.+ and 0\.05 video units \(legacy\.identify-face\); left: spoken, sound$/
        )
      })
      expect((yield* charged(home)).operations).toEqual(filmOperations.slice(0, 4))
      yield* TestClock.adjust("1 hour")
      expect(shown(yield* run(make(), program(home)))).toMatchObject({
        handle: stopped.handle,
        task: { status: "succeed" }
      })
      expect((yield* charged(home)).operations).toEqual(filmOperations)
    })
  )

  it.effect("that is resumed after more than a day looks for the faces again, which Kling has forgotten", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* strike(home, { fault: "refuse", code: 1201, on: "legacy.advanced-lip-sync" })
      yield* run(make(), program(home))
      yield* TestClock.adjust("2 days")
      expect(shown(yield* run(make(), program(home))).task.status).toBe("succeed")
      expect((yield* charged(home)).operations).toEqual(filmOperations.toSpliced(4, 0, "legacy.identify-face"))
    })
  )

  it.effect("does not pay a step again of which nobody knows whether it was charged, unless that is said", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* strike(home, { fault: "commit-then-drop", on: "legacy.tts" })
      const lost = shown(yield* run(make(), program(home)))
      expect(lost.task.message).toMatch(/^step spoken-speech: .*not known whether Kling took the request/)
      const again = shown(yield* run(make(), program(home)))
      expect(again.task.message).toMatch(/^step spoken-speech: nobody knows whether Kling took it/)
      expect((yield* charged(home)).operations).toEqual(filmOperations.slice(0, 3))
      const meant = Effect.gen(function* () {
        const jobs = yield* Jobs
        const { handle } = yield* jobs.resume(lost.handle, { repeatUnknown: true })
        return yield* Stream.runLast(jobs.follow(handle)).pipe(Effect.map(Option.getOrThrow))
      })
      expect(shown(yield* run(meant, program(home))).task.status).toBe("succeed")
      expect((yield* charged(home)).operations.filter((one) => one === "legacy.tts")).toHaveLength(2)
    })
  )

  it.effect("does not say that nothing was charged when nobody knows, nor that it goes on by itself then", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* strike(home, { fault: "commit-then-drop", on: "legacy.tts" })
      const speech = Effect.map(planFilm("api-key"), (film) => ({ ...film, steps: film.steps.slice(2, 3) }))
      const failed = stepFailure(shown(yield* run(make({}, speech), program(home))))
      expect((yield* charged(home)).operations).toEqual(["legacy.tts"])
      expect(failed?.wasCharged).toBe("maybe")
      expect(failed?.suggestion).toContain("--repeat-unknown")
    })
  )

  it.effect("is held to the limits as a whole before its first step, and sets its price aside", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const limits = { maxUsdPerDay: 1 }
      yield* strike(home, { fault: "slow", delayMs: 60_000, on: "legacy.images.generations" })
      const codes = yield* run(
        Effect.gen(function* () {
          const jobs = yield* Jobs
          const film = yield* planFilm("api-key")
          yield* jobs.begin(film)
          const second = yield* Effect.flip(jobs.begin(film, { allowRepeat: true }))
          return [second.code, second.wasCharged]
        }),
        program(home, { limits })
      )
      expect(shown(codes)).toEqual(["LEDGER_OVER_BUDGET", "no"])
      const tight = yield* run(make({ allowRepeat: true }), program(home, { limits: { maxUsdPerCall: 0.5 } }))
      expect(Result.isFailure(tight) && tight.failure.code).toBe("LEDGER_OVER_BUDGET")
    })
  )

  it.effect("needs one approval for the whole, which lets exactly that pass, once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      const limits = { confirmAboveUsd: 0.1 }
      const asked = yield* run(make(), program(home, { limits }))
      expect(Result.isFailure(asked) && asked.failure.code).toBe("JOB_NOT_APPROVED")
      const approved = Effect.gen(function* () {
        const jobs = yield* Jobs
        const approval = yield* jobs.approve(wholeOf(yield* planFilm("api-key")))
        const other = yield* planFilm("key-pair")
        const refused = yield* Effect.flip(jobs.begin(other, { approval }))
        const film = yield* make({ approval })
        const twice = yield* Effect.flip(jobs.begin(yield* planFilm("api-key"), { approval, allowRepeat: true }))
        return [refused.code, film.task.status, twice.code]
      })
      expect(shown(yield* run(approved, program(home, { limits })))).toEqual([
        "LEDGER_NOT_APPROVED",
        "succeed",
        "LEDGER_NOT_APPROVED"
      ])
      expect((yield* charged(home)).operations).toEqual(filmOperations)
    })
  )
})
