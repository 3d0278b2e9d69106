import type { QueuePosition } from "../job.ts"
import type { QueueEntry, QueueState } from "../ledger/queue-keys.ts"

/** `queued, position 2, about 70 s`. */
export const describeQueuePosition = ({ position, aboutSeconds }: QueuePosition): string =>
  `queued, position ${position}${aboutSeconds === undefined ? "" : `, about ${aboutSeconds} s`}`

/**
 * The waiting requests in the order in which they are served: of two principals, the one with fewer tasks running and
 * waiting goes first; within a principal, first come, first served.
 */
export const fairOrder = ({ running, waiting }: QueueState): ReadonlyArray<QueueEntry> => {
  const shares = new Map<string, number>()
  for (const { principal, slots } of running) shares.set(principal, (shares.get(principal) ?? 0) + slots)
  const entries = waiting.map((entry) => {
    const share = shares.get(entry.principal) ?? 0
    shares.set(entry.principal, share + entry.slots)
    return { entry, share }
  })
  return entries
    .toSorted(
      (a, b) => a.share - b.share || a.entry.createdAt - b.entry.createdAt || (a.entry.handle < b.entry.handle ? -1 : 1)
    )
    .map(({ entry }) => entry)
}

const expectedSecondsOf = ({ expectedSeconds = 60 }: QueueEntry): number => expectedSeconds
/** A task that exceeds its expected duration is estimated to take this much longer. */
const overdueSeconds = 5

/** The position of a request in its queue; nothing when it is not queued. */
export const queuePositionIn = (queue: QueueState, handle: string, now: number): QueuePosition | undefined => {
  const waiting = fairOrder(queue)
  const index = waiting.findIndex((entry) => entry.handle === handle)
  if (index === -1) return undefined
  const ends = queue.running
    .map((entry) => ((entry.sentAt ?? now) - now) / 1000 + expectedSecondsOf(entry))
    .map((seconds) => Math.max(overdueSeconds, seconds))
    .toSorted((a, b) => a - b)
  // A request also waits for the tasks of those ahead of it once all running ones have ended.
  for (const entry of waiting.slice(0, index)) {
    const end = ends.shift()
    if (end === undefined) break
    ends.push(end + expectedSecondsOf(entry))
    ends.sort((a, b) => a - b)
  }
  const position = index + 1
  return ends[0] === undefined ? { position } : { position, aboutSeconds: Math.ceil(ends[0] / 5) * 5 }
}
