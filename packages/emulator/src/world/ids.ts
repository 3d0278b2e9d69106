import { seededRandom } from "../media/seeded-random.ts"

/** Random ids and numbers. The same seed gives the same values in the same order. */
export interface Ids {
  /** A task, video or audio id: 18 digits beyond 2^53, which a naive JSON parser rounds. Later ids are larger. */
  readonly long: () => string
  readonly hex: (digits: number) => string
  /** A number in [0, 1). */
  readonly chance: () => number
}

const firstId = 893_605_946_400_000_000n

export const makeIds = (seed: number): Ids => {
  const chance = seededRandom(seed)
  let count = 0n
  const below = (limit: number) => Math.floor(chance() * limit)
  return {
    // The counter makes ids unique and increasing, the random part makes them unpredictable. Odd, so that no double can
    // represent one by accident.
    long: () => String((firstId + ++count * 1_000_003n + BigInt(below(1_000_000))) | 1n),
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(""),
    chance
  }
}
