import { isFinished, type StoredRequest, type TaskOutput } from "@klingkit/core"
import { findRequest, madeMedia, mediaIn } from "@klingkit/core/requests"
import { Context, Predicate } from "effect"
import { type Job, requestOfJob } from "../job.ts"

/**
 * Planning ahead: what is not made yet counts as made, so that it can be priced what takes from it. A plan that was made so
 * is not to be run: in place of results it has addresses where nothing is.
 */
export interface PlannedResults {
  /** By the id of a step: what it will have made. */
  readonly steps: ReadonlyMap<string, Job>
  /** The ids of what counted as made. */
  readonly used: Set<string>
}

/** Only what is made counts, unless a caller asks for prices ahead. */
export const PlannedResults = Context.Reference<PlannedResults | undefined>("@klingkit/jobs/PlannedResults", {
  defaultValue: () => undefined
})

/** The job with what it will have made, where that is known; else as it is. */
export const asFinished = (job: Job, planned: PlannedResults): Job => {
  const request = requestOfJob(job)
  if (request === undefined || isFinished(job.task) || job.task.status === "unknown") return job
  planned.used.add(job.handle)
  return plannedJob(job.handle, request, planned.steps)
}

/** A job that has made what a request makes. Without a request anything may be taken from it. */
export const plannedJob = (id: string, stored: StoredRequest | undefined, steps: PlannedResults["steps"]): Job => ({
  handle: id,
  task: { id, externalId: id, status: "succeed", outputs: outputsOf(id, stored, steps), charges: [] }
})

const outputsOf = (
  id: string,
  stored: StoredRequest | undefined,
  steps: PlannedResults["steps"]
): ReadonlyArray<TaskOutput> => {
  const request = findRequest(stored?.request ?? "")
  const settings = { ...stored?.defaults, ...stored?.input }
  const seconds = secondsIn(settings) ?? sourceSeconds(stored, request?.source, steps)
  const count = Predicate.isNumber(settings["n"]) ? settings["n"] : 1
  const media = request === undefined ? (["image", "video", "audio"] as const) : madeMedia(request)
  return media.flatMap((type) =>
    Array.from({ length: type === "image" ? count : 1 }, (_, index): TaskOutput => {
      const url = `${plannedUrl}${id}/${index + 1}.${extensions[type]}`
      if (type === "image") return { type, url }
      return { type, url, id: plannedId, ...(seconds === undefined ? {} : { durationSeconds: seconds }) }
    })
  )
}

const secondsIn = ({ durationSeconds }: Readonly<Record<string, unknown>>): number | undefined =>
  Predicate.isNumber(durationSeconds) ? durationSeconds : undefined

/** What is made from a video lasts as long as that video. */
const sourceSeconds = (
  stored: StoredRequest | undefined,
  source: string | undefined,
  steps: PlannedResults["steps"]
): number | undefined => {
  const origin = mediaIn(stored?.input ?? {}).find(({ field }) => field === source)?.source
  const outputs = steps.get(origin ?? "")?.task.outputs ?? []
  return outputs.flatMap((one) => (one.type === "video" ? (one.durationSeconds ?? []) : []))[0]
}

const plannedUrl = "https://example.com/planned/"
/** As long as an id of Kling. */
const plannedId = "100000000000000000"
const extensions = { image: "png", video: "mp4", audio: "mp3" } as const

/** Whether nothing is at this address, because its task is only planned. */
export const isPlanned = (url: string): boolean => url.startsWith(plannedUrl)

/** A frame of a planned video. */
export const plannedFrame = (videoUrl: string, frame: "first" | "last"): string => `${videoUrl}.${frame}.jpg`
