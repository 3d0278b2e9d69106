import { layer, type Vitest } from "@effect/vitest"
import { startEmulator } from "@klingkit/emulator"
import { Effect } from "effect"
import { expect } from "vitest"
import type { Job } from "../job.ts"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { wayTo } from "../submit/testing/kill-points.ts"
import { type Life, live } from "../submit/testing/lives.ts"
import { makeFilm, type Run, runProgram } from "../submit/testing/run-program.ts"
import { filmOperations } from "./testing/film.ts"

const roomy = { speed: 1_000_000, faults: { packs: { video: { units: 1_000_000, concurrency: 10_000 } } } }

/** A film of its own: a ledger, a Kling whose books hold nothing else, and programs that come ten minutes after each other. */
const freshFilm = Effect.gen(function* () {
  const { url, apiKey, world } = yield* Effect.orDie(startEmulator(roomy))
  const { argument = "" } = yield* (yield* TestDatabase).fresh
  return { world, run: (program: number): Run => ({ ledger: argument, url, apiKey, minutesLater: 10 * program }) }
})

type Film = Effect.Success<typeof freshFilm>

/** The last program, which lives: the same command once more. */
const last = (film: Film): Effect.Effect<Job | undefined> => {
  const nothing = () => {}
  return Effect.orDie(runProgram(film.run(1), wayTo(undefined, nothing, nothing), makeFilm))
}

interface Story {
  readonly diesAt: string
  readonly film: Film
  readonly life: Life | undefined
}

/** What is wrong with the end of a story; nothing when each step was paid once, or the one that nobody knows of at most. */
const wrongWith = Effect.fnUntraced(function* ({ diesAt, film, life }: Story) {
  const job = yield* last(film)
  film.world.state.settle(Date.now())
  const paid = film.world.state.bookings.map(({ charge }) => charge.operation)
  const twice = paid.filter((operation, index) => paid.indexOf(operation) !== index)
  const isWhole = filmOperations.every((operation) => paid.includes(operation))
  const unknown = job?.chain?.stoppedBy?.includes("nobody knows whether Kling took it") === true
  const [lostAt] = job?.chain?.steps.filter(({ status }) => status === "unknown") ?? []
  const mayBeLost = ["legacy.tts", "legacy.identify-face"].includes(lostAt?.operation ?? "")
  return [
    ...(life?.end === "SIGKILL" ? [] : ["did not die there"]),
    ...twice.map((operation) => `${operation} was charged twice`),
    ...(job?.task.status === "succeed" && !isWhole ? ["succeeded without having paid for every step"] : []),
    ...(job?.task.status === "succeed" || (unknown && mayBeLost)
      ? []
      : [`ended as ${job?.task.status}: ${job?.task.message}`])
  ].map((problem) => `${diesAt}: ${problem}`)
})

/** Every state in which a program can leave the ledger and Kling; what lies between two of them leaves one of the two. */
const betweenWrites = /^(write.* down|become \w+|end as \w+), after |^write the chain down, before |^POST, head /

const timeout = 600_000

const crashSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect(
    "at any point goes on when the same command is run again, and pays each step at most once",
    () =>
      Effect.gen(function* () {
        const whole = yield* freshFilm
        const [life] = yield* live("film", [{ run: whole.run(0) }])
        expect(life?.saidSuccess).toBe(true)
        const points = (life?.points ?? []).filter((point) => betweenWrites.test(point))
        const stories = yield* Effect.forEach(points, (diesAt) => Effect.map(freshFilm, (film) => ({ diesAt, film })))
        const first = yield* live(
          "film",
          stories.map(({ diesAt, film }) => ({ run: film.run(0), diesAt }))
        )
        const ended = stories.map((story, index): Story => ({ ...story, life: first[index] }))
        const problems = yield* Effect.forEach(ended, wrongWith, { concurrency: 4 })
        expect(problems.flat()).toEqual([])
        expect(points).toHaveLength(31)
      }).pipe(Effect.scoped),
    timeout
  )
}

const inRealTime = { excludeTestServices: true, timeout } as const

layer(TestDatabase.sqliteFile, inRealTime)("a film on SQLite whose program dies", crashSuite)
layer(TestDatabase.postgres, inRealTime)("a film on PostgreSQL whose program dies", crashSuite)
