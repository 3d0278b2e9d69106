import type { DownloadOptions } from "./download-job.ts"

/** The result of a step among those of its pipeline. */
interface StepResult {
  readonly pipeline: string
  readonly step: string
  /** From 0. */
  readonly index: number
  readonly count: number
}

/**
 * The names of one step's files: `walk.mp4` and `{date}` become `walk-{step}` and `{date}-{step}` where several steps have
 * results. `{handle}` is the pipeline's; `{id}` is the same as `{step}`.
 */
export const nameForStep = (
  { fileName, nameTemplate = "{handle}", ...options }: DownloadOptions,
  { pipeline, step, index, count }: StepResult
): DownloadOptions => {
  if (fileName !== undefined && count === 1) return { ...options, fileName }
  const template = fileName === undefined ? nameTemplate : `${literal(fileName.replace(/\.\w{1,5}$/, ""))}.{ext}`
  const isNamed = count === 1 || /\{(step|id|index)\}/.test(template)
  const named = isNamed ? template : template.replace(/(\.(\{ext\}|\w{1,5}))?$/, "-{step}$1")
  const values: Readonly<Record<string, string>> = {
    step,
    id: step,
    handle: pipeline,
    ...(count === 1 ? {} : { index: String(index + 1) })
  }
  return {
    ...options,
    nameTemplate: named.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name]
      return value === undefined ? whole : literal(value)
    })
  }
}

/** Text of which no part is a placeholder or a folder. */
const literal = (text: string): string => text.replaceAll(/[{}/\\]/g, "-")
