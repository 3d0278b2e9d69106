import { stringifyJson } from "@klingkit/core/internal"

/** Hosts cut or hide results above 25 kB, and the rest of the result needs space too. */
const budgetBytes = 20_000

const encoder = new TextEncoder()

/** The longest prefix of a list that fits in a result, counting everything that is shown of each entry and what is reserved. */
export const truncateToBudget = <Entry>(
  entries: ReadonlyArray<Entry>,
  shown: (entry: Entry, index: number) => unknown,
  reservedBytes = 0
): ReadonlyArray<Entry> => {
  let left = budgetBytes - reservedBytes
  const end = entries.findIndex(
    (entry, index) => (left -= encoder.encode(stringifyJson(shown(entry, index))).length) < 0
  )
  return end === -1 ? entries : entries.slice(0, end)
}
