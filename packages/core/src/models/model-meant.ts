import { closestMatch } from "../params/closest-match.ts"
import { longestModelName } from "./normalize-model-name.ts"

/** A name without what users leave out: `Kling 3`, `v3` and `kling-v3.0` are `3.0`. Nothing for what is no name. */
const bareName = (name: string): string | undefined => {
  if (name.length > longestModelName) return undefined
  const bare = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, "-")
    .replace(/^kling-?/, "")
    .replace(/^v(?=\d)/, "")
  return bare.replace(/^(\d)(?:[.-](\d))?(?=-|$)/, (_, major: string, minor = "0") => `${major}.${minor}`)
}

/** The one of these names that the words of a user mean; undefined where none is meant, or more than one. */
export const modelMeant = (names: ReadonlyArray<string>, words: string): string | undefined => {
  const bare = bareName(words)
  if (bare === undefined || bare === "") return undefined
  const [first, ...others] = names.filter((name) => bareName(name) === bare)
  return others.length === 0 ? first : undefined
}

/** The name that comes nearest: one that begins like it, else one that is spelled like it. */
export const nearestModel = (names: ReadonlyArray<string>, words: string): string | undefined => {
  const bare = bareName(words)
  const longer = bare === undefined || bare === "" ? undefined : names.find((name) => bareName(name)?.startsWith(bare))
  return longer ?? closestMatch(words, names)
}
