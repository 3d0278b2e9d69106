import { Clock, Effect, Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Lane, LaneEntry } from "../ledger/lanes.ts"
import type { Ledger } from "../ledger/ledger.ts"

/** Where a request stands that has to wait for a running task to end: 1 is next. */
export interface QueuePlace {
  readonly position: number
  /** By the usual times of what is running; absent when nothing is known to run, because others use the account. */
  readonly aboutSeconds?: number
}

/** `waiting for a free slot, place 2, about 70 s`. */
export const describePlace = ({ position, aboutSeconds }: QueuePlace): string =>
  `waiting for a free slot, place ${position}${aboutSeconds === undefined ? "" : `, about ${aboutSeconds} s`}`

/**
 * Whose turn it is, one after the other: of two principals the one with fewer tasks running and waiting before it, and
 * otherwise who came first.
 */
export const fairOrder = ({ running, waiting }: Lane): ReadonlyArray<LaneEntry> => {
  const turns = new Map<string, number>()
  for (const { principal, slots } of running) turns.set(principal, (turns.get(principal) ?? 0) + slots)
  const entries = waiting.map((entry) => {
    const turn = turns.get(entry.principal) ?? 0
    turns.set(entry.principal, turn + entry.slots)
    return { entry, turn }
  })
  return entries
    .toSorted(
      (a, b) => a.turn - b.turn || a.entry.createdAt - b.entry.createdAt || (a.entry.handle < b.entry.handle ? -1 : 1)
    )
    .map(({ entry }) => entry)
}

const usualSecondsOf = ({ usualSeconds = 60 }: LaneEntry): number => usualSeconds
/** What has taken its usual time and still runs takes so much longer. */
const overdueSeconds = 5

/** A request's place in its lane; nothing when it does not stand there. */
export const placeIn = (lane: Lane, handle: string, now: number): QueuePlace | undefined => {
  const line = fairOrder(lane)
  const index = line.findIndex((entry) => entry.handle === handle)
  if (index === -1) return undefined
  const ends = lane.running
    .map((entry) => ((entry.sentAt ?? now) - now) / 1000 + usualSecondsOf(entry))
    .map((seconds) => Math.max(overdueSeconds, seconds))
    .toSorted((a, b) => a - b)
  // Whoever is behind all that runs waits for those before it too.
  for (const entry of line.slice(0, index)) {
    const free = ends.shift()
    if (free === undefined) break
    ends.push(free + usualSecondsOf(entry))
    ends.sort((a, b) => a - b)
  }
  const position = index + 1
  return ends[0] === undefined ? { position } : { position, aboutSeconds: Math.ceil(ends[0] / 5) * 5 }
}

/** A job that is not sent yet, with its place when it waits for one. */
export const jobInLine = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  record: JobRecord
): Effect.fn.Return<Job> {
  const job = jobOfRecord(record)
  if (record.state !== "INTENT" || record.queuedAt === undefined || record.lane === undefined) return job
  const lane = yield* Effect.option(ledger.lane(record.account, record.lane))
  const now = yield* Clock.currentTimeMillis
  const place = Option.isNone(lane) ? undefined : placeIn(lane.value, record.handle, now)
  return place === undefined ? job : { ...job, place }
})
