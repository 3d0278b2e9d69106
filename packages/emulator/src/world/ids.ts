import { seededRandom } from "../media/seeded-random.ts"

/** Everything that is named or drawn by chance. The same seed gives the same names in the same order. */
export interface Ids {
  /** A task, video or audio id: 18 digits, as text. */
  readonly long: () => string
  /** An element or voice id: 18 digits beyond 2^53, which a careless JSON parser would round. */
  readonly odd: () => string
  readonly request: () => string
  readonly hex: (digits: number) => string
  /** A number in [0, 1). */
  readonly chance: () => number
}

const firstId = 893_605_946_400_000_000n

export const makeIds = (seed: number): Ids => {
  const chance = seededRandom(seed)
  let count = 0n
  const below = (limit: number) => Math.floor(chance() * limit)
  // The counter keeps ids unique and rising, the chance keeps them from being guessed by adding one.
  const long = () => String(firstId + ++count * 1_000_003n + BigInt(below(1_000_000)))
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("")
  return {
    long,
    odd: () => String(BigInt(long()) | 1n),
    request: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    hex,
    chance
  }
}
