import type { Message } from "@klingkit/jobs/internal"

const minute = 60_000
const hour = 60 * minute

/** After the first attempt, the second, ...: the example of Standard Webhooks ("Deliverability and reliability"). */
const pauses = [5000, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour] as const
/** The last attempt is so long after the first. */
const retriesMillis = 72 * hour
/** Pauses are longer by up to this share, so that what failed together is not tried again together. */
const jitterShare = 0.1

/**
 * When to try again after an attempt that has failed at `now`; nothing after the last one. `random` is from 0 to 1, and
 * `retryAfterMillis` what the endpoint asked for.
 */
export const nextAttemptAt = (
  { attempts, firstAttemptAt }: Pick<Message, "attempts" | "firstAttemptAt">,
  { now, random, retryAfterMillis = 0 }: Readonly<Record<"now" | "random", number>> & { retryAfterMillis?: number }
): number | undefined => {
  const lastAt = firstAttemptAt + retriesMillis
  if (now >= lastAt) return undefined
  const pause = (pauses[attempts - 1] ?? 24 * hour) * (1 + jitterShare * random)
  return Math.min(lastAt, Math.round(now + Math.max(pause, retryAfterMillis)))
}
