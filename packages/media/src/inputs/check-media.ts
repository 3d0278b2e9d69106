import type { MediaRule } from "@klingkit/core"
import type { MediaFacts } from "../formats/probe-media.ts"

/** Encoders pad the last block: audio of exactly the longest duration measures a little more. */
const toleranceSeconds = 0.1

/** What Kling would reject about a video or audio, each with the limit and the nearest valid value. */
export const mediaProblems = (rule: MediaRule, facts: MediaFacts, sizeBytes: number): ReadonlyArray<string> =>
  [
    rule.formats.includes(facts.format) ? undefined : `is ${facts.format}; supported: ${rule.formats.join(", ")}`,
    sizeProblem(rule, sizeBytes),
    secondsProblem(rule, facts.durationSeconds),
    ...pixelProblems(rule, facts),
    rateProblem(rule, facts.framesPerSecond)
  ].filter((problem) => problem !== undefined)

export const sizeProblem = ({ maxMegabytes }: Pick<MediaRule, "maxMegabytes">, sizeBytes: number): string | undefined =>
  maxMegabytes !== undefined && sizeBytes > maxMegabytes * 1_000_000
    ? `has ${(sizeBytes / 1_000_000).toFixed(1)} MB; at most ${maxMegabytes} MB allowed`
    : undefined

const secondsProblem = (rule: MediaRule, seconds: number): string | undefined => {
  const { minSeconds: min = 0, maxSeconds: max = Number.POSITIVE_INFINITY, secondsGap: gap } = rule
  const message = (allowed: string, nearest: number) =>
    `is ${seconds.toFixed(1)} s long; ${allowed}, nearest: ${nearest} s`
  if (seconds < min - toleranceSeconds || seconds > max + toleranceSeconds) {
    return message(range(rule.minSeconds, rule.maxSeconds, "s"), seconds < min ? min : max)
  }
  return gap !== undefined && seconds > gap.above + toleranceSeconds && seconds < gap.below - toleranceSeconds
    ? message(
        `up to ${gap.above} s, or ${gap.below} s and longer`,
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
    yield `${size}; at most ${maxArea} pixels in total allowed`
  }
  const ratio = width / height
  if (ratio < minRatio || ratio > maxRatio) {
    const nearest = ratio < minRatio ? minRatio : maxRatio
    yield `${size}, an aspect ratio of ${rounded(ratio)}:1; nearest: ${rounded(nearest)}:1`
  }
}

const rateProblem = ({ minFps, maxFps, fps }: MediaRule, rate: number | undefined): string | undefined => {
  if (rate === undefined) return undefined
  const actual = `has ${rounded(rate)} fps`
  if (fps !== undefined && !fps.some((allowed) => Math.abs(allowed - rate) < 0.5)) {
    const nearest = fps.toSorted((a, b) => Math.abs(a - rate) - Math.abs(b - rate))[0]
    return `${actual}; supported: ${fps.join(", ")}, nearest: ${nearest}`
  }
  const [min, max] = [minFps ?? 0, maxFps ?? Number.POSITIVE_INFINITY]
  return rate < min - 0.5 || rate > max + 0.5
    ? `${actual}; supported: ${range(minFps, maxFps, "")}, nearest: ${rate < min ? min : max}`
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
