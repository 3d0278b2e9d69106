/** Kling's answers nest 8 levels deep, and a page of 500 tasks has some 30,000 values. */
export const answerLimits = { depth: 64, values: 300_000 } as const

const quote = 0x22
const backslash = 0x5c
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b])
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d])
const comma = 0x2c

/**
 * Which limit a JSON text exceeds, before anything is built from it: parsing megabytes of `[` takes minutes and gigabytes.
 * One pass over the text; nothing for one that a parser may read, valid or not.
 */
export const exceededLimit = (json: string, limits: { readonly depth: number; readonly values: number }) => {
  let depth = 0
  let values = 1
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at)
    if (character === quote) {
      at = endOfString(json, at)
    } else if (openers.has(character)) {
      depth += 1
      values += 1
      if (depth > limits.depth) return `nested more than ${limits.depth} levels deep`
    } else if (closers.has(character)) {
      depth -= 1
    } else if (character === comma) {
      values += 1
    }
    if (values > limits.values) return `with more than ${limits.values} values`
  }
  return undefined
}

/** The position of the quote that ends the string; the end of the text when there is none. */
const endOfString = (json: string, start: number): number => {
  let end = json.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end === -1 ? json.length : end
}

const isEscaped = (json: string, at: number): boolean => {
  let backslashes = 0
  while (json.charCodeAt(at - 1 - backslashes) === backslash) backslashes += 1
  return backslashes % 2 === 1
}
