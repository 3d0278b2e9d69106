import { layer, type Vitest } from "@effect/vitest"
import { type Emulator, startEmulator } from "@klingkit/emulator"
import { Context, Effect, Layer } from "effect"
import { expect } from "vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { type Life, live, settle } from "./testing/lives.ts"

/** Room for all requests, and tasks that are over at once: nothing here is about slots, packs or waiting. */
const roomy = { speed: 1_000_000, faults: { packs: { video: { units: 1_000_000, concurrency: 10_000 } } } }

class Emulated extends Context.Service<Emulated, Emulator>()("@klingkit/jobs/CrashMatrixEmulator") {
  static readonly layer = Layer.effect(Emulated, Effect.orDie(startEmulator(roomy)))
}

/** Computing, not waiting: a hundred programs are started. */
const timeout = 600_000

/** Where one request lives: a ledger of its own, and programs that come ten minutes after each other. */
const freshRequest = Effect.gen(function* () {
  const { url, apiKey } = yield* Emulated
  const { argument = "" } = yield* (yield* TestDatabase).fresh
  return (program: number) => ({ ledger: argument, url, apiKey, minutesLater: 10 * program })
})

interface Story {
  readonly deaths: ReadonlyArray<string>
  readonly lives: ReadonlyArray<Life>
  readonly run: Effect.Success<typeof freshRequest>
}

/** What is wrong with the end of a story; nothing when its request was charged once, or not at all and the ledger says so. */
const wrongWith = Effect.fnUntraced(function* ({ deaths, lives, run }: Story) {
  const { world } = yield* Emulated
  const [record, ...more] = yield* settle(run(3))
  world.state.settle(Date.now())
  const state = record?.state ?? "not written down"
  const charges = world.state.bookings.filter(({ charge }) => charge.externalTaskId === record?.handle).length
  const tasks = record === undefined ? 0 : world.state.tasks.byExternalId(record.handle).length
  const expected = { SUCCEEDED: 1, REFUSED: 0, UNKNOWN: 0, "not written down": 0 }[state as string]
  const problems = [
    ...deaths.flatMap((point, index) => (lives[index]?.end === "SIGKILL" ? [] : [`did not die at ${point}`])),
    ...(more.length > 0 ? [`${more.length} jobs too many`] : []),
    ...(charges === expected && tasks === expected ? [] : [`${state} with ${tasks} tasks and ${charges} charges`]),
    ...(state !== "SUCCEEDED" && lives.some((life) => life.saidSuccess) ? [`success was said, and it is ${state}`] : [])
  ]
  return problems.map((problem) => `${deaths.join(" / ")}: ${problem}`)
})

/** All stories whose first program dies at one point: the second comes to its end, or dies at one point of its way. */
const storiesFrom = Effect.fnUntraced(function* (first: string) {
  const single = yield* freshRequest
  const dead = yield* live("submit", [{ run: single(0), diesAt: first }])
  const recovered = yield* live("recover", [{ run: single(1) }])
  const seconds = recovered.flatMap(({ points }) => points)
  const pairs = yield* Effect.forEach(seconds, (second) => Effect.map(freshRequest, (run) => ({ second, run })))
  const died = yield* live(
    "submit",
    pairs.map(({ run }) => ({ run: run(0), diesAt: first }))
  )
  const diedAgain = yield* live(
    "recover",
    pairs.map(({ run, second }) => ({ run: run(1), diesAt: second }))
  )
  const twice = pairs.map(({ run, second }, index): Story => {
    const lives = [died[index], diedAgain[index]].flatMap((life) => life ?? [])
    return { deaths: [first, second], lives, run }
  })
  const stories: ReadonlyArray<Story> = [{ deaths: [first], lives: [...dead, ...recovered], run: single }, ...twice]
  const problems = yield* Effect.forEach(stories, wrongWith)
  return { pairs: twice.length, problems: problems.flat() }
}, Effect.scoped)

const crashSuite = (it: Vitest.MethodsNonLive<TestDatabase | Emulated>): void => {
  it.effect(
    "at any point, or at any two, leaves its request charged once, or not at all",
    () =>
      Effect.gen(function* () {
        const run = yield* freshRequest
        const lives = yield* live("submit", [{ run: run(0) }])
        const points = lives.flatMap((life) => life.points)
        expect(lives.map(({ saidSuccess }) => saidSuccess)).toEqual([true])
        expect(yield* wrongWith({ deaths: [], lives, run })).toEqual([])
        const stories = yield* Effect.forEach(points, storiesFrom, { concurrency: 4 })
        expect(stories.flatMap(({ problems }) => problems)).toEqual([])
        const pairs = stories.reduce((sum, one) => sum + one.pairs, 0)
        expect({ points: stories.length, pairs }).toEqual({ points: 16, pairs: 160 })
      }),
    timeout
  )
}

const inRealTime = { excludeTestServices: true, timeout } as const

layer(Layer.merge(TestDatabase.sqliteFile, Emulated.layer), inRealTime)("a program on SQLite that dies", crashSuite)
layer(Layer.merge(TestDatabase.postgres, Emulated.layer), inRealTime)("a program on PostgreSQL that dies", crashSuite)
