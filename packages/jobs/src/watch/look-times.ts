import { pollDelaySeconds } from "@klingkit/core"

/**
 * When to look next, in milliseconds since 1970, at a task that was created at `createdAt`. The times hang on the task
 * and not on who waits, so that all who wait for it, and for others, look together; they fall on whole half seconds.
 */
export const nextLookAt = (createdAt: number, usualSeconds: number, now: number): number => {
  let at = createdAt
  for (let look = 0; at <= now && look < mostCounted; look++) at += pollDelaySeconds(look, usualSeconds) * 1000
  // A task of days ago: the pauses have long been the longest.
  const next = at > now ? at : now + 30_000
  return Math.ceil(next / 500) * 500
}

const mostCounted = 500
