/** The first polls come early, because most failures happen within seconds. */
const earlySeconds = [1, 2, 3]

/**
 * Seconds to wait before poll number `poll` (0 first) of a task that is expected to take `expectedSeconds`:
 * three early polls, a pause until it can be ready, frequent polls around the expected end, then exponential backoff.
 */
export const pollDelaySeconds = (poll: number, expectedSeconds: number): number => {
  const early = earlySeconds[poll]
  if (early !== undefined) return early
  if (poll === earlySeconds.length) return Math.min(30, Math.max(3, expectedSeconds * 0.5 - 6))
  const frequent = Math.min(10, Math.max(3, expectedSeconds * 0.1))
  const late = poll - earlySeconds.length - 10
  return late <= 0 ? frequent : Math.min(30, frequent * 1.25 ** late)
}
