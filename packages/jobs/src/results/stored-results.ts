import type { TaskOutput } from "@klingkit/core"
import type { ResultLink, ResultStore, StoredLink } from "@klingkit/media/internal"
import { Effect, Fiber, FiberMap, type Scope } from "effect"
import type { Job } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { hasFile } from "./has-file.ts"

/** Jobs with links to what a store has of their results. Where results are saved on a disk, jobs stay as they are. */
export interface StoredResults {
  /** With links to what is stored by now. */
  readonly linked: (job: Job) => Effect.Effect<Job>
  /** The same once its results are stored, or it has taken longer than a caller can wait: storing continues then. */
  readonly stored: (job: Job) => Effect.Effect<Job>
}

/** Most hosts end a call after a minute, and a small part of it must be enough for everything else. */
const longestWait = "20 seconds"

export const makeStoredResults = Effect.fnUntraced(function* (
  { linkTo }: ResultStore,
  download: (job: Job) => Effect.Effect<unknown, JobError>,
  latest: (handle: string) => Effect.Effect<ReadonlyArray<Job>, LedgerError>
): Effect.fn.Return<StoredResults, never, Scope.Scope> {
  const storing = yield* FiberMap.make<string>()

  const linked = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Job> {
    const { task, record, pipeline } = job
    const made = pipeline?.steps ?? (record === undefined ? [] : [{ outputs: task.outputs, files: record.files }])
    const pairs = yield* Effect.forEach(made, ({ outputs = [], files = [] }) =>
      Effect.map(
        Effect.forEach(files, ({ path }) => linkTo(path)),
        (links) => linkedOutputs(outputs, links)
      )
    )
    const byUrl = new Map(pairs.flat())
    const links = task.outputs.flatMap((output, position) => {
      const link = byUrl.get(urlOf(output))
      return link === undefined ? [] : [{ position, ...link }]
    })
    return links.length === 0 ? job : { ...job, links }
  })

  const stored = Effect.fnUntraced(function* (job: Job) {
    const isOurs = job.record !== undefined || job.pipeline !== undefined
    if (!isOurs || job.task.status !== "succeed" || !job.task.outputs.some(hasFile)) return yield* linked(job)
    const { handle } = job
    const work = download(job).pipe(
      Effect.catch(({ message }) =>
        Effect.logWarning(`the results of ${handle} are not in the media store: ${message}`)
      )
    )
    const running = yield* FiberMap.run(storing, handle, work, { onlyIfMissing: true })
    yield* Effect.timeoutOption(Fiber.await(running), longestWait)
    const [now] = yield* Effect.orElseSucceed(latest(handle), () => [])
    const { record = job.record, pipeline = job.pipeline } = now ?? {}
    return yield* linked({
      ...job,
      ...(record === undefined ? {} : { record }),
      ...(pipeline === undefined ? {} : { pipeline })
    })
  })

  return { linked, stored }
})

const urlOf = (output: TaskOutput): string => ("url" in output ? (output.url ?? "") : "")

/** The link of each result by its URL at Kling. Elements among the results have no file, and are not counted. */
const linkedOutputs = (
  outputs: ReadonlyArray<TaskOutput>,
  links: ReadonlyArray<ResultLink | undefined>
): ReadonlyArray<readonly [string, StoredLink]> => {
  const saved = outputs.filter(hasFile)
  return links.flatMap((found) => {
    if (found === undefined) return []
    const { index, ...link } = found
    const output = saved[index]
    return output === undefined ? [] : [[urlOf(output), link] as const]
  })
}
