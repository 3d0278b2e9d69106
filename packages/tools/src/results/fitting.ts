import { stringifyJson } from "@klingkit/core"

/** Hosts cut or hide a result of more than 25 kB; the rest of it needs room too. */
const roomBytes = 20_000

const bytes = new TextEncoder()

/** As many entries, from the start of a list, as a result has room for, given all that is told about each. */
export const fitting = <Entry>(
  entries: ReadonlyArray<Entry>,
  told: (entry: Entry, index: number) => unknown
): ReadonlyArray<Entry> => {
  let left = roomBytes
  const end = entries.findIndex((entry, index) => (left -= bytes.encode(stringifyJson(told(entry, index))).length) < 0)
  return end === -1 ? entries : entries.slice(0, end)
}
