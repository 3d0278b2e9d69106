import { seededRandom } from "../media/seeded-random.ts"

/** Everything that is named or drawn by chance. The same seed gives the same names in the same order. */
export interface Ids {
  /** A task, video or audio id: 18 digits beyond 2^53, which a careless JSON parser would round. Later ids are larger. */
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
    // The counter keeps ids unique and rising, the chance keeps them from being guessed by adding one. Odd, so that no
    // double can hold one by luck.
    long: () => String((firstId + ++count * 1_000_003n + BigInt(below(1_000_000))) | 1n),
    hex: (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join(""),
    chance
  }
}
