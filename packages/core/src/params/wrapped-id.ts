const longestText = 200

/** What may follow an id: which of its results, or which frame. It is a part of what is meant. */
const part = String.raw`(?:#\w{1,20})?(?:@\w{1,20})?`
const handle = new RegExp(String.raw`(?<![\w-])kk-[a-z0-9]{1,20}-[0-9a-hjkmnp-tv-z]{26}(?![\w-]|\.\w)${part}`, "gi")
/** Kling's ids have 18 digits today. */
const klingId = new RegExp(String.raw`(?<![\w.-])\d{15,20}(?![\w-]|\.\w)${part}`, "g")
const taskAddress = /\bkling:\/\/tasks\//gi

/**
 * The id in what a caller gives for one: without backticks, quotes, a full stop, `Task ID:` or `kling://tasks/` around it, a
 * handle in its own letters. Text that may be an address or a path stays as it is.
 */
export const idIn = (given: string): string => {
  const text = given.trim()
  if (text.length > longestText) return text
  const bare = text.replace(taskAddress, " ")
  if (/[\\/]|^data:/i.test(bare)) return text
  const found = new Set([
    ...[...bare.matchAll(handle)].map(([id]) => id.toLowerCase()),
    ...[...bare.matchAll(klingId)].map(([id]) => id)
  ])
  const [only, ...others] = found
  if (only !== undefined) return others.length === 0 ? only : text
  return /^[\s`'"<([*“‘]*([^\s`'"<>()[\]*“”‘’]+?)[\s`'">)\]*”’.,;]*$/.exec(bare)?.[1] ?? text
}
