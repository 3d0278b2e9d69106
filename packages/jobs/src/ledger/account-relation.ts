import { areSeparateRegions, noAccount } from "@klingkit/core/internal"

/** What is known of one credential, or of all credentials of one account together. */
export interface AccountEvidence {
  readonly credentials: ReadonlyArray<string>
  readonly regions: ReadonlyArray<string>
  /** Digests of the keys, whatever the base URL. */
  readonly keys: ReadonlyArray<string>
  readonly names: ReadonlyArray<string>
  /** Ids of resource packs at Kling. */
  readonly packs: ReadonlyArray<string>
  /** When the packs were last read; never, if 0. */
  readonly packsReadAt: number
}

export const noEvidence: AccountEvidence = {
  credentials: [],
  regions: [],
  keys: [],
  names: [],
  packs: [],
  packsReadAt: 0
}

export type AccountRelation = "same" | "different" | "unknown"

/** Packs that were read further apart than this may be of one account, which has bought new ones and lost the old. */
const comparableMillis = 90 * 24 * 3_600_000

/** Whether two credentials pay from one Kling account. What Kling says of them counts before what they were named. */
export const relationOf = (one: AccountEvidence, other: AccountEvidence): AccountRelation => {
  if (one.credentials.includes(noAccount) || other.credentials.includes(noAccount)) return "different"
  if (one.regions.some((region) => other.regions.some((second) => areSeparateRegions(region, second)))) {
    return "different"
  }
  if (shares(one.keys, other.keys) || shares(one.packs, other.packs)) return "same"
  const isComparable = Math.abs(one.packsReadAt - other.packsReadAt) < comparableMillis
  if (one.packs.length > 0 && other.packs.length > 0 && isComparable) return "different"
  if (one.names.length === 0 || other.names.length === 0) return "unknown"
  return shares(one.names.map(folded), other.names.map(folded)) ? "same" : "different"
}

/** All evidence of two together. */
export const together = (one: AccountEvidence, other: AccountEvidence): AccountEvidence => ({
  credentials: [...one.credentials, ...other.credentials],
  regions: [...one.regions, ...other.regions],
  keys: [...one.keys, ...other.keys],
  names: [...one.names, ...other.names],
  packs: [...one.packs, ...other.packs],
  packsReadAt: Math.max(one.packsReadAt, other.packsReadAt)
})

const shares = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.some((value) => other.includes(value))

const folded = (name: string): string => name.toLowerCase()
