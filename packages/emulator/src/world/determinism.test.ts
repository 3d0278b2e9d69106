import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  sendRequest,
  videoBody,
  createVideoPath,
  longEnough,
  imageBody,
  createImagePath
} from "../testing/send-request.ts"
import { KlingWorld } from "./kling-world.ts"

/** The final state of a world with this seed, after this many reads in between. */
const history = (seed: number, reads: number) =>
  Effect.gen(function* () {
    const world = new KlingWorld({ seed, faults: { faults: [{ fault: "refuse", code: 1302, probability: 0.5 }] } })
    const statuses = []
    for (let count = 0; count < 6; count++) {
      statuses.push((yield* sendRequest(world, createVideoPath, { body: videoBody() })).status)
      for (let read = 0; read < reads; read++) yield* sendRequest(world, "POST /tasks", { body: {} })
      statuses.push((yield* sendRequest(world, createImagePath, { body: imageBody() })).status)
    }
    yield* TestClock.adjust(longEnough)
    const { result } = (yield* sendRequest(world, "POST /tasks", { body: {} })).json.data
    const lives = result.map(({ create_time, update_time, ...task }: Record<string, number>) => [
      task,
      (update_time ?? 0) - (create_time ?? 0)
    ])
    return { statuses, lives, keys: world.keys }
  })

describe("a seed", () => {
  it.effect("reproduces keys, ids, durations and probabilities, regardless of reads", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* history(7, 0), yield* history(7, 3))
    })
  )

  it.effect("differs from another", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* history(7, 0), yield* history(8, 0)]
      assert.notDeepEqual(one.keys, other.keys)
      assert.notDeepEqual(one.statuses, other.statuses)
      assert.notDeepEqual(one.lives, other.lives)
    })
  )
})
