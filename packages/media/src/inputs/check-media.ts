import type { MediaRule, Problem } from "@klingkit/core"

/** Encoders pad the last block: audio of exactly the longest duration measures a little more. */
const toleranceSeconds = 0.1

type MediaProblem = Omit<Problem, "field">

/** What is known of a file. */
interface Measured {
  readonly format: string
  readonly durationSeconds?: number
  readonly width?: number
  readonly height?: number
  readonly framesPerSecond?: number
}

/** What Kling would reject about a video or audio, each with the limit and the nearest valid value. */
export const mediaProblems = (rule: MediaRule, facts: Measured, sizeBytes: number): ReadonlyArray<MediaProblem> =>
  [
    formatProblem(rule, facts.format),
    sizeProblem(rule, sizeBytes),
    secondsProblem(rule, facts.durationSeconds),
    ...pixelProblems(rule, facts),
    rateProblem(rule, facts.framesPerSecond)
  ].filter((problem) => problem !== undefined)

const formatProblem = ({ formats }: MediaRule, format: string): MediaProblem | undefined =>
  formats.includes(format)
    ? undefined
    : { message: `is ${format}; supported: ${formats.join(", ")}`, given: format, limit: { values: formats } }

export const sizeProblem = (
  { maxMegabytes }: Pick<MediaRule, "maxMegabytes">,
  sizeBytes: number
): MediaProblem | undefined =>
  maxMegabytes !== undefined && sizeBytes > maxMegabytes * 1_000_000
    ? {
        message: `has ${(sizeBytes / 1_000_000).toFixed(1)} MB; at most ${maxMegabytes} MB allowed`,
        given: sizeBytes / 1_000_000,
        limit: { max: maxMegabytes }
      }
    : undefined

const secondsProblem = (rule: MediaRule, seconds: number | undefined): MediaProblem | undefined => {
  if (seconds === undefined) return undefined
  const { minSeconds: min = 0, maxSeconds: max = Number.POSITIVE_INFINITY, secondsGap: gap } = rule
  const message = (allowed: string, nearest: number): MediaProblem => ({
    message: `is ${seconds.toFixed(1)} s long; ${allowed}, nearest: ${nearest} s`,
    given: seconds,
    limit: bounds(rule.minSeconds, rule.maxSeconds),
    nearest
  })
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

function* pixelProblems(rule: MediaRule, { width, height }: Measured): Generator<MediaProblem> {
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
    const nearest = shortest < minPixels ? minPixels : maxPixels
    yield {
      message: `${size}; each side: ${range(rule.minPixels, rule.maxPixels, "pixels")}, nearest: ${nearest}`,
      limit: bounds(rule.minPixels, rule.maxPixels),
      nearest
    }
  } else if (maxArea !== undefined && width * height > maxArea) {
    yield { message: `${size}; at most ${maxArea} pixels in total allowed`, limit: { max: maxArea } }
  }
  const ratio = width / height
  if (ratio < minRatio || ratio > maxRatio) {
    const nearest = rounded(ratio < minRatio ? minRatio : maxRatio)
    yield {
      message: `${size}, an aspect ratio of ${rounded(ratio)}:1; nearest: ${nearest}:1`,
      given: rounded(ratio),
      limit: bounds(rule.minRatio, rule.maxRatio),
      nearest
    }
  }
}

const rateProblem = ({ minFps, maxFps, fps }: MediaRule, rate: number | undefined): MediaProblem | undefined => {
  if (rate === undefined) return undefined
  const actual = `has ${rounded(rate)} fps`
  if (fps !== undefined && !fps.some((allowed) => Math.abs(allowed - rate) < 0.5)) {
    const [nearest = 0] = fps.toSorted((a, b) => Math.abs(a - rate) - Math.abs(b - rate))
    const message = `${actual}; supported: ${fps.join(", ")}, nearest: ${nearest}`
    return { message, given: rounded(rate), limit: { values: fps }, nearest }
  }
  const [min, max] = [minFps ?? 0, maxFps ?? Number.POSITIVE_INFINITY]
  if (rate >= min - 0.5 && rate <= max + 0.5) return undefined
  const nearest = rate < min ? min : max
  const message = `${actual}; supported: ${range(minFps, maxFps, "")}, nearest: ${nearest}`
  return { message, given: rounded(rate), limit: bounds(minFps, maxFps), nearest }
}

const range = (min: number | undefined, max: number | undefined, unit: string): string =>
  (min === undefined
    ? `at most ${max} ${unit}`
    : max === undefined
      ? `at least ${min} ${unit}`
      : `${min} to ${max} ${unit}`
  ).trim()

const bounds = (min: number | undefined, max: number | undefined) => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max })
})

const rounded = (value: number): number => Number(value.toFixed(2))
