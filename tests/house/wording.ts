import { homedir } from "node:os"
import { notChecked, oldFileNames, oldNames, oldPhrases, type OldWord, wordAllowances } from "./old-words.ts"
import { commentText, declaredNames, sentences, type Text, titles } from "./names-and-texts.ts"
import { root, type SourceFile } from "./source-file.ts"
import { syntaxOf } from "./syntax.ts"

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)

/** Folders that only one machine has: this checkout's, this user's, and common roots. */
const folders = [root, `${homedir()}/`].filter((folder) => folder.length > 4).map(escaped)
const machinePath = new RegExp(String.raw`(?<![\w.-])(${[...folders, "/(root|work)/"].join("|")})`)

const registryHost = /https?:\/\/(registry|deb)\./

/** Lines that tie the project to one machine or one registry. */
export const wordingProblems = (path: string, text: string): ReadonlyArray<string> =>
  text.split("\n").flatMap((line, index) => {
    const at = `${path}:${index + 1}`
    if (machinePath.test(line)) return [`${at}: names a path of one machine`]
    return registryHost.test(line) ? [`${at}: names a registry's host`] : []
  })

/** An old word in a file, with the word to use. */
export interface WordProblem {
  readonly path: string
  readonly old: string
  readonly text: string
}

interface Finder {
  readonly entry: OldWord
  readonly pattern: RegExp
  readonly except: RegExp | undefined
}

/** `gap` is what separates two words. */
const findersOf = (entries: ReadonlyArray<OldWord>, gap: string): ReadonlyArray<Finder> => {
  const compile = (phrases: string) => new RegExp(String.raw`\b(?:${phrases.replaceAll(" ", gap)})\b`, "gi")
  return entries.map((entry) => ({
    entry,
    pattern: compile(entry.old),
    except: entry.except === undefined ? undefined : compile(entry.except)
  }))
}

const names = findersOf(oldNames, " ")
const fileNames = findersOf([...oldNames, ...oldFileNames], " ")
// A phrase may continue on the next line of a comment.
const phrases = findersOf(oldPhrases, String.raw`[\s*]+`)

interface Match {
  readonly index: number
  readonly word: string
  readonly instead: string
}

/** In the order of the text. */
const matchesIn = (path: string, text: string, finders: ReadonlyArray<Finder>): ReadonlyArray<Match> => {
  const matches = finders.flatMap(({ entry, pattern, except }) => {
    if (entry.allowedIn?.test(path) === true) return []
    const masked = except === undefined ? text : text.replaceAll(except, blank)
    return [...masked.matchAll(pattern)].map(({ 0: found, index }) => ({
      index,
      word: found.replaceAll(/[\s*]+/g, " ").toLowerCase(),
      instead: entry.instead
    }))
  })
  return matches.toSorted((a, b) => a.index - b.index)
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, " ")

/** `takeUp`, `take-up` and `#takeUp` are `take up`. */
const splitName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .replaceAll(/[-.#$/]+/g, " ")
    .trim()
    .toLowerCase()

const isChecked = (path: string): boolean => !notChecked.some((entry) => entry.path.test(path))

/** Old words in the name of a file or of a folder above it. */
export const fileNameProblems = (path: string): ReadonlyArray<WordProblem> =>
  isChecked(path)
    ? matchesIn(path, splitName(path), fileNames).map(({ word, instead }) => ({
        path,
        old: word,
        text: `${path}: the file name says "${word}"; use ${instead}`
      }))
    : []

/** Old words in the identifiers that a file declares, its comments and its texts. Of a test, the titles are its texts. */
export const codeWordProblems = (file: SourceFile): ReadonlyArray<WordProblem> => {
  if (!isChecked(file.path)) return []
  const { program, comments, lineAt } = syntaxOf(file)
  const problem = (start: number, what: string, { word, instead }: Match): WordProblem => ({
    path: file.path,
    old: word,
    text: `${file.path}:${lineAt(start)}: ${what} says "${word}"; use ${instead}`
  })
  const inNames = declaredNames(program)
    .filter(({ name }) => !name.includes("_"))
    .flatMap(({ name, start }) =>
      matchesIn(file.path, splitName(name), names).map((match) => problem(start, `"${name}"`, match))
    )
  const prose = (what: string) => (text: Text) =>
    matchesIn(file.path, withoutCode(text.value), phrases).map((match) =>
      problem(text.start + match.index, what, match)
    )
  const texts = file.isTest ? titles(program) : sentences(program)
  return [...inNames, ...comments.map(commentText).flatMap(prose("a comment")), ...texts.flatMap(prose("a text"))]
}

/** Old words in a page of Markdown; code blocks, inline code and link targets are not prose. */
export const pageWordProblems = (path: string, text: string): ReadonlyArray<WordProblem> => {
  if (!isChecked(path)) return []
  const prose = withoutCode(text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, blank).replaceAll(/\]\([^)]*\)/g, blank))
  return matchesIn(path, prose, phrases).map(({ index, word, instead }) => ({
    path,
    old: word,
    text: `${path}:${text.slice(0, index).split("\n").length}: says "${word}"; use ${instead}`
  }))
}

export const isAllowedWord = ({ path, old }: WordProblem): boolean =>
  wordAllowances.some((allowance) => allowance.path === path && allowance.old === old)

const withoutCode = (text: string): string => text.replaceAll(/`[^`\n]*`/g, blank)
