import { pollDelaySeconds } from "@klingkit/core/internal"

/** With callbacks, polling only makes up for a lost one. */
export const pollWithCallbacksMillis = 60_000

/** From this number of followed jobs on, all polls of a process share a coarser grid: one request reads many tasks. */
const manyFollowed = 3

/**
 * When to poll a task next that was sent at `since`, in milliseconds since 1970. The times depend on the task only, so that
 * all who wait for it, in any process, poll together; they are rounded to half seconds, or to five seconds when many jobs
 * are followed, so that the polls of several tasks coincide.
 */
export const nextPollAt = (since: number, expectedSeconds: number, now: number, followed = 1): number => {
  let at = since
  for (let poll = 0; at <= now && poll < maxPolls; poll++) at += pollDelaySeconds(poll, expectedSeconds) * 1000
  // A task of days ago is polled at the longest interval. Guards against clock skew: `since` may be in the future.
  const next = at > now ? Math.min(at, now + longestPauseMillis) : now + longestPauseMillis
  const grid = followed < manyFollowed ? 500 : 5000
  return Math.ceil(next / grid) * grid
}

const longestPauseMillis = 30_000
const maxPolls = 500
