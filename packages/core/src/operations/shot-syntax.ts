import type { Rule } from "../params/check-input.ts"

interface PromptWithShots {
  readonly prompt?: string
  readonly durationSeconds?: number
  readonly multiShot?: boolean
}

/** One shot of a video that has several. */
export interface Shot {
  readonly prompt: string
  readonly durationSeconds: number
}

/** What Kling takes of shots, written into the prompt or given one by one. */
export const shotLimits = { count: 6, characters: 512, minSeconds: 1 } as const

const shot = /(?:^|[;\n])\s*shot\s+(\d+)\s*,\s*([^,;\n]*?)\s*,([^;]*)/gi

/** Whether a prompt is written as shots: `shot 1, 3, a fox; shot 2, 2, a hare;`. */
export const hasShots = (prompt: string): boolean => /^\s*shot\s+\d+\s*,[^,;\n]*,/i.test(prompt)

/** Shots as a prompt lists them. A semicolon ends a shot there, and so does a line: neither stays in its words. */
export const promptOfShots = (shots: ReadonlyArray<Shot>): string =>
  shots
    .map(({ prompt, durationSeconds }, index) => {
      const words = prompt.replaceAll(/^[\s;]+|[\s;]+$/g, "").replaceAll(/\s*[;\n]\s*/g, ", ")
      return `shot ${index + 1}, ${durationSeconds}, ${words};`
    })
    .join(" ")

export const secondsOfShots = (shots: ReadonlyArray<Shot>): number =>
  shots.reduce((total, { durationSeconds }) => total + durationSeconds, 0)

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
      if (number < 1 || number > shotLimits.count) return `${name}; shots have the numbers 1 to ${shotLimits.count}`
      if (seen.has(number)) return `${name} twice; give each shot a number of its own`
      if (!/^\d+$/.test(seconds) || Number(seconds) < shotLimits.minSeconds) {
        return `${name} of ${seconds === "" ? "no" : JSON.stringify(seconds)} seconds; each lasts whole seconds, at least ${shotLimits.minSeconds}`
      }
      const { length } = [...words.trim()]
      if (length === 0) return `${name} without words; write shot ${number}, ${seconds}, and what is seen`
      if (length > shotLimits.characters) {
        return `${name} with ${length} characters; the limit of a shot is ${shotLimits.characters}`
      }
      seen.add(number)
      total += Number(seconds)
    }
    return total === durationSeconds
      ? undefined
      : `has shots of ${total} s in total, but the video has ${durationSeconds} s; make them equal`
  }
}
