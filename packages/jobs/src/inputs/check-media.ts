import type { MediaRule } from "@klingkit/core"
import type { MediaFacts } from "./probe-media.ts"

/** Encoders fill up their last block: a sound of just the longest length measures a little more. */
const slackSeconds = 0.1

/** What Kling would refuse of a clip or a sound, each with the limit and the nearest legal value. */
export const mediaProblems = (rule: MediaRule, facts: MediaFacts, sizeBytes: number): ReadonlyArray<string> =>
  [
    rule.formats.includes(facts.format) ? undefined : `is ${facts.format}; only ${rule.formats.join(", ")} are taken`,
    sizeProblem(rule, sizeBytes),
    secondsProblem(rule, facts.durationSeconds),
    ...pixelProblems(rule, facts),
    rateProblem(rule, facts.framesPerSecond)
  ].filter((problem) => problem !== undefined)

const sizeProblem = ({ maxMegabytes }: MediaRule, sizeBytes: number): string | undefined =>
  maxMegabytes !== undefined && sizeBytes > maxMegabytes * 1_000_000
    ? `has ${(sizeBytes / 1_000_000).toFixed(1)} MB; at most ${maxMegabytes} MB are allowed`
    : undefined

const secondsProblem = (rule: MediaRule, seconds: number): string | undefined => {
  const { minSeconds: min = 0, maxSeconds: max = Number.POSITIVE_INFINITY, secondsGap: gap } = rule
  const says = (allowed: string, nearest: number) =>
    `is ${seconds.toFixed(1)} s long; ${allowed}, nearest: ${nearest} s`
  if (seconds < min - slackSeconds || seconds > max + slackSeconds) {
    return says(range(rule.minSeconds, rule.maxSeconds, "s"), seconds < min ? min : max)
  }
  return gap !== undefined && seconds > gap.above + slackSeconds && seconds < gap.below - slackSeconds
    ? says(
        `up to ${gap.above} s or from ${gap.below} s on`,
        seconds - gap.above < gap.below - seconds ? gap.above : gap.below
      )
    : undefined
}

function* pixelProblems(rule: MediaRule, { width, height }: MediaFacts): Generator<string> {
  if (width === undefined || height === undefined) return
  const {
    minPixels = 0,
    maxPixels = Number.POSITIVE_INFINITY,
    maxArea,
    minRatio = 0,
    maxRatio = Number.POSITIVE_INFINITY
  } = rule
  const size = `is ${width}x${height} pixels`
  const [shortest, longest] = [Math.min(width, height), Math.max(width, height)]
  if (shortest < minPixels || longest > maxPixels) {
    yield `${size}; each side: ${range(rule.minPixels, rule.maxPixels, "pixels")}, nearest: ${shortest < minPixels ? minPixels : maxPixels}`
  } else if (maxArea !== undefined && width * height > maxArea) {
    yield `${size}; at most ${maxArea} pixels in all are allowed`
  }
  const ratio = width / height
  if (ratio < minRatio || ratio > maxRatio) {
    const nearest = ratio < minRatio ? minRatio : maxRatio
    yield `${size}, a shape of ${rounded(ratio)}:1; nearest: ${rounded(nearest)}:1`
  }
}

const rateProblem = ({ minFps, maxFps, fps }: MediaRule, rate: number | undefined): string | undefined => {
  if (rate === undefined) return undefined
  const says = `has ${rounded(rate)} frames a second`
  if (fps !== undefined && !fps.some((one) => Math.abs(one - rate) < 0.5)) {
    const nearest = fps.toSorted((a, b) => Math.abs(a - rate) - Math.abs(b - rate))[0]
    return `${says}; ${fps.join(", ")} are taken, nearest: ${nearest}`
  }
  const [min, max] = [minFps ?? 0, maxFps ?? Number.POSITIVE_INFINITY]
  return rate < min - 0.5 || rate > max + 0.5
    ? `${says}; ${range(minFps, maxFps, "")} are taken, nearest: ${rate < min ? min : max}`
    : undefined
}

const range = (min: number | undefined, max: number | undefined, unit: string): string =>
  (min === undefined
    ? `at most ${max} ${unit}`
    : max === undefined
      ? `at least ${min} ${unit}`
      : `${min} to ${max} ${unit}`
  ).trim()

const rounded = (value: number): number => Number(value.toFixed(2))
