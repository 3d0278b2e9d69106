/** First looks come early, because what fails at once fails within seconds. */
const earlySeconds = [1, 2, 3]

/**
 * Seconds to wait before look number `look` (0 first) at a task that usually takes `usualSeconds`:
 * three early looks, a pause until it can be ready, then often while it usually ends, then ever more rarely.
 */
export const pollDelaySeconds = (look: number, usualSeconds: number): number => {
  const early = earlySeconds[look]
  if (early !== undefined) return early
  if (look === earlySeconds.length) return Math.min(30, Math.max(3, usualSeconds * 0.5 - 6))
  const often = Math.min(10, Math.max(3, usualSeconds * 0.1))
  const late = look - earlySeconds.length - 10
  return late <= 0 ? often : Math.min(30, often * 1.25 ** late)
}
