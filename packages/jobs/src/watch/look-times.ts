import { pollDelaySeconds } from "@klingkit/core"

/** From so many jobs on all looks of a process fall on the same few moments: one read shows many. */
const manyFollowed = 3

/**
 * When to look next, in milliseconds since 1970, at a task that was sent at `since`. The times hang on the task and not
 * on who waits, so that all who wait for it, in any process, look together; and on whole half seconds, or every five
 * seconds when many are followed, so that the looks at several tasks fall together.
 */
export const nextLookAt = (since: number, usualSeconds: number, now: number, followed = 1): number => {
  let at = since
  for (let look = 0; at <= now && look < mostCounted; look++) at += pollDelaySeconds(look, usualSeconds) * 1000
  // A task of days ago: the pauses have long been the longest. One of the future: the clock was set back.
  const next = at > now ? Math.min(at, now + longestPauseMillis) : now + longestPauseMillis
  const grid = followed < manyFollowed ? 500 : 5000
  return Math.ceil(next / grid) * grid
}

const longestPauseMillis = 30_000
const mostCounted = 500
