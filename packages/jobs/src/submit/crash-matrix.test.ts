import { describe, layer } from "@effect/vitest"
import { startEmulator, type Emulator } from "@klingkit/emulator"
import { Context, Effect, Layer } from "effect"
import { availableParallelism } from "node:os"
import { expect } from "vitest"
import { TestDatabase } from "../ledger/testing/test-database.ts"
import { lastRun, type Life, liveAndDie } from "./testing/lives.ts"

/** Room for all requests at once: nothing here is about slots or packs. */
const roomy = { packs: { video: { units: 1_000_000, concurrency: 10_000 } } }

class Kling extends Context.Service<Kling, Emulator>()("@klingkit/jobs/CrashMatrixKling") {
  static readonly layer = Layer.effect(Kling, Effect.orDie(startEmulator({ faults: roomy })))
}

/** Computing, not waiting: some hundred programs are started. */
const timeout = 600_000
const concurrency = Math.max(2, availableParallelism())

/** A request that lives through programs that die, each where it is told, and then one that does not. */
const livesOf = (deaths: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const kling = yield* Kling
      const { argument = "" } = yield* (yield* TestDatabase).fresh
      const lives: Array<Life> = []
      for (const [index, diesAt] of deaths.entries()) {
        const run = { ledger: argument, url: kling.url, apiKey: kling.apiKey, minutesLater: 10 * index }
        lives.push(yield* liveAndDie(run, index === 0 ? "submit" : "recover", diesAt))
      }
      const minutesLater = 10 * deaths.length
      const end = yield* lastRun({ ledger: argument, url: kling.url, apiKey: kling.apiKey, minutesLater })
      return { deaths, lives, ...end, ...chargesOf(kling, end.handles), wasPromised: lives.some((life) => life.succeeded) }
    })
  )
