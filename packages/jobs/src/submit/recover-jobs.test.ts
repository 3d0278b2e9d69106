import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { inVirtualTime } from "../files/testing/virtual-time.ts"
import { type Program, programsOf } from "../watch/testing/programs.ts"

const busyWorld = () => new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1 } } } })
const film = (prompt: string) => planVideo({ prompt }, "api-key")

/** A program that cannot reach the ledger any more once it is dead, and so sends nothing. */
const mortal = Effect.fnUntraced(function* (start: Effect.Success<ReturnType<typeof programsOf>>) {
  const scope = yield* Scope.make()
  const program = yield* Scope.provide(start(), scope)
  return { ...program, die: Scope.close(scope, Exit.void) }
})

/** All places are taken, and a request stands in line when its program dies; `told` says whether its caller has its handle. */
const leftInLine = Effect.fnUntraced(function* (told: "handle" | "nothing") {
  const world = busyWorld()
  const start = yield* programsOf(world)
  const heir = yield* start()
  yield* inVirtualTime(Effect.flatMap(film("running"), (plan) => heir.jobs.submit(plan)))
  const dying = yield* mortal(start)
  const plan = yield* film("left in line")
  const asking = dying.jobs.submit(plan, told === "handle" ? { answerWithinSeconds: 1.5 } : {})
  yield* Effect.forkChild(Effect.exit(asking))
  yield* inVirtualTime(Effect.sleep("5 seconds"))
  yield* dying.die
  return { world, heir }
})

const leftRow = ({ ledger }: Program) =>
  Effect.map(ledger.list({ search: "left in line" }), ({ jobs: [job] }) => job ?? expect.fail("no such job"))

/** What becomes of it when somebody uses klingkit again after a while. */
const after = Effect.fnUntraced(function* (heir: Program, seconds: number) {
  yield* inVirtualTime(Effect.sleep(`${seconds} seconds`))
  const { handle } = yield* leftRow(heir)
  const seen = yield* inVirtualTime(Effect.andThen(heir.jobs.status(handle), Effect.sleep("150 seconds")))
  expect(seen._tag).toBe("Success")
  return yield* leftRow(heir)
})

describe("a request that was never sent when its program died", () => {
  it.effect("is sent by whoever comes next when its caller was given the handle", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("handle")
      const row = yield* after(heir, 90)
      expect(row).toMatchObject({ state: "ACCEPTED", sends: 1 })
      expect(world.state.tasks.byExternalId(row.handle)).toHaveLength(1)
      expect(world.state.tasks.size).toBe(2)
    })
  )

  it.effect("is closed, uncharged, when its caller has been told nothing", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("nothing")
      const row = yield* after(heir, 90)
      const message = "not sent: the program ended before; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("is closed, uncharged, when it is more than an hour old", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("handle")
      yield* TestClock.adjust("61 minutes")
      const row = yield* after(heir, 1)
      const message = "not sent: no program went on with it within an hour; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )
})
