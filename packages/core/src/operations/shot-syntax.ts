import type { Rule } from "../params/check-input.ts"

interface PromptWithShots {
  readonly prompt?: string
  readonly durationSeconds?: number
  readonly multiShot?: boolean
}

const maxShots = 6
const maxShotCharacters = 512
const shot = /(?:^|[;\n])\s*shot\s+(\d+)\s*,\s*([^,;\n]*?)\s*,([^;]*)/gi

/** Whether a prompt is written as shots: `shot 1, 3, a fox; shot 2, 2, a hare;`. */
export const hasShots = (prompt: string): boolean => /^\s*shot\s+\d+\s*,[^,;\n]*,/i.test(prompt)

/** The shots in a prompt have numbers of their own, whole seconds that add up to the duration, and words. */
export const shotSyntax: Rule<PromptWithShots> = {
  name: "shots-add-up",
  field: "prompt",
  check: ({ prompt = "", durationSeconds = 5, multiShot }) => {
    if (multiShot === false || !hasShots(prompt)) return undefined
    const seen = new Set<number>()
    let total = 0
    for (const [, digits, seconds = "", words = ""] of prompt.matchAll(shot)) {
      const number = Number(digits)
      const name = `has shot ${number}`
      if (number < 1 || number > maxShots) return `${name}; shots have the numbers 1 to ${maxShots}`
      if (seen.has(number)) return `${name} twice; give each shot a number of its own`
      if (!/^\d+$/.test(seconds) || Number(seconds) < 1) {
        return `${name} of ${seconds === "" ? "no" : JSON.stringify(seconds)} seconds; each lasts whole seconds, at least 1`
      }
      const { length } = [...words.trim()]
      if (length === 0) return `${name} without words; write shot ${number}, ${seconds}, and what is seen`
      if (length > maxShotCharacters) {
        return `${name} with ${length} characters; the limit of a shot is ${maxShotCharacters}`
      }
      seen.add(number)
      total += Number(seconds)
    }
    return total === durationSeconds
      ? undefined
      : `has shots of ${total} s in total, but the video has ${durationSeconds} s; make them equal`
  }
}
