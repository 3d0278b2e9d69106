import { isFinished } from "@klingkit/core"
import { isPipeline } from "@klingkit/core/requests"
import { type Job, Jobs } from "@klingkit/jobs"
import { Effect } from "effect"
import { keyOfTake } from "./line-keys.ts"
import type { Line } from "./plan-line.ts"

export interface WhichTake {
  /** The take that the user asks for. */
  readonly take: number | undefined
  /** A line whose task failed is tried again, as its next take. */
  readonly retryFailed: boolean
}

/** Which take of a line is run. */
export interface LineToRun {
  readonly line: Line
  readonly take: number
  /** Under which key: that of a new job, or of the one that was found. */
  readonly key: string
  /** The job of an earlier run. */
  readonly found?: Job
  /** Running the line may send a request now; otherwise its result is paid for already. */
  readonly isPaidNow: boolean
}

/** What runs if nothing is known of earlier runs. */
export const asNew = (line: Line, take = 1): LineToRun => ({
  line,
  take,
  key: keyOfTake(line.keys, take),
  isPaidNow: true
})

/** What earlier runs have made of lines. A line's result is its first take that has not failed. */
export const findLines = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, which: WhichTake) {
  const jobs = yield* Jobs
  const settled = new Map<Line, LineToRun>()
  let open = lines.map((line) => ({ line, take: which.take ?? 1, failed: undefined as LineToRun | undefined }))
  while (open.length > 0) {
    const found = yield* jobs.findByKeys(open.flatMap(({ line, take }) => keysOfTake(line, take)))
    const next: typeof open = []
    for (const { line, take, failed } of open) {
      const key = keysOfTake(line, take).find((one) => found.get(one) !== undefined && !wasRefused(found.get(one)))
      const known = key === undefined ? undefined : found.get(key)
      if (key === undefined || known === undefined) {
        settled.set(line, failed !== undefined && !which.retryFailed ? failed : asNew(line, take))
        continue
      }
      const job = which.retryFailed ? yield* latest(known) : known
      const toRun: LineToRun = { line, take, key, found: job, isPaidNow: mayBeSent(job) }
      // A pipeline continues from its failed step instead.
      const isOver = job.task.status === "failed" && which.take === undefined && !isPipeline(line.plan)
      if (isOver) next.push({ line, take: take + 1, failed: toRun })
      else settled.set(line, toRun)
    }
    open = next
  }
  return lines.map((line) => settled.get(line) ?? asNew(line))
})

const keysOfTake = ({ keys }: Line, take: number): ReadonlyArray<string> => [
  keyOfTake(keys, take),
  ...(take === 1 ? keys.earlier : [])
]

/** Refused requests were not charged: their key is free. */
const wasRefused = (job: Job | undefined): boolean => job?.record?.state === "REFUSED"

/** Not sent yet, or a pipeline that stopped before its last step. */
const mayBeSent = ({ record, pipeline, task }: Job): boolean =>
  record?.state === "INTENT" || (pipeline !== undefined && task.status === "failed")

/** A task that no process has followed may have failed meanwhile. */
const latest = (job: Job) =>
  isFinished(job.task) || job.pipeline !== undefined
    ? Effect.succeed(job)
    : Effect.orElseSucceed(
        Jobs.use((jobs) => jobs.status(job.handle)),
        () => job
      )
