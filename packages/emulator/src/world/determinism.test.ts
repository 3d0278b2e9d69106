import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { ask, film, filmPath, longEnough, picture, picturePath } from "../testing/ask.ts"
import { KlingWorld } from "./kling-world.ts"

/** What a world with this seed shows in the end, after so many looks in between. */
const history = (seed: number, looks: number) =>
  Effect.gen(function* () {
    const world = new KlingWorld({ seed, faults: { faults: [{ fault: "refuse", code: 1302, probability: 0.5 }] } })
    const statuses = []
    for (let count = 0; count < 6; count++) {
      statuses.push((yield* ask(world, filmPath, { body: film() })).status)
      for (let look = 0; look < looks; look++) yield* ask(world, "POST /tasks", { body: {} })
      statuses.push((yield* ask(world, picturePath, { body: picture() })).status)
    }
    yield* TestClock.adjust(longEnough)
    const { result } = (yield* ask(world, "POST /tasks", { body: {} })).json.data
    const lives = result.map(({ create_time, update_time, ...task }: Record<string, number>) => [
      task,
      (update_time ?? 0) - (create_time ?? 0)
    ])
    return { statuses, lives, keys: world.keys }
  })

describe("a seed", () => {
  it.effect("repeats keys, ids, durations and chance, however often somebody looked", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* history(7, 0), yield* history(7, 3))
    })
  )

  it.effect("is not like another", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* history(7, 0), yield* history(8, 0)]
      assert.notDeepEqual(one.keys, other.keys)
      assert.notDeepEqual(one.statuses, other.statuses)
      assert.notDeepEqual(one.lives, other.lives)
    })
  )
})
