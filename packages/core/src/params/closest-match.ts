/** The candidate that a mistyped word most likely meant, if any is close enough to suggest. */
export const closestMatch = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  const normalized = normalize(word)
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(normalized, normalize(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(normalized.length / 3))
    ? best.candidate
    : undefined
}

const normalize = (word: string): string =>
  word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[\s_.-]/g, "")

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
