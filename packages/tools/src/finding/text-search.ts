import MiniSearch from "minisearch"
import { stopWords, synonyms } from "./synonyms.ts"

/** What can be found, by what users may say of it. */
export interface Entry {
  readonly id: string
  /** Its name and, of an operation, its path. */
  readonly name: string
  readonly text: string
  /** Other words for it. */
  readonly words: string
}

export interface Found {
  readonly id: string
  readonly score: number
  /** The part of the words asked for that it answers, 0 to 1. */
  readonly coverage: number
}

/** Characters. Longer queries are not a few words. */
const longestQuery = 300
/** Below this part of the best score a match is chance. */
const leastScore = 0.3

/** Finds entries by their words, in other forms and other words too, best first. Words that are misspelled are found as well. */
export const textSearch = (entries: ReadonlyArray<Entry>): ((query: string) => ReadonlyArray<Found>) => {
  const index = new MiniSearch<Entry>({ fields: ["name", "text", "words"], processTerm: plainTerm })
  index.addAll(entries)
  return (query) => {
    const asked = query.slice(0, longestQuery)
    const terms = new Set(asked.split(/[\s\p{P}]+/u).flatMap((word) => plainTerm(word) ?? []))
    const results = index.search(asked, {
      boost: { name: 2, words: 2 },
      prefix: (term) => term.length > 3,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false)
    })
    const [best] = results
    return results
      .map(({ id, score, queryTerms }) => ({ id: String(id), score, coverage: queryTerms.length / terms.size }))
      .filter(({ score }) => score >= (best?.score ?? 0) * leastScore)
  }
}

const stem = (word: string): string => word.replace(/(?<=\w{3})(?:ing|ed|es|(?<!s)s)$/, "").replace(/(?<=\w{3})e$/, "")

const canonical: ReadonlyMap<string, string> = new Map(
  Object.entries(synonyms).flatMap(([word, others]) => others.map((other) => [stem(other), stem(word)] as const))
)

/** A word in its one form; nothing for a word that says nothing. */
const plainTerm = (term: string): string | null => {
  const word = term.toLowerCase()
  if (word.length < 2 || /^\d+$/.test(word) || stopWords.has(word)) return null
  const base = stem(word)
  return canonical.get(base) ?? base
}
