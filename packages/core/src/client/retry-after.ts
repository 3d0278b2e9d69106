/**
 * The delay in seconds that a server requests: from `retry-after-ms`, or `retry-after` in seconds or as an HTTP date.
 * Nothing when absent or invalid; clamped to 0 to one day.
 */
export const readRetryAfter = (
  headers: Readonly<Record<string, string | undefined>>,
  nowMillis: number
): number | undefined => {
  const millis = numberOf(headers["retry-after-ms"])
  if (millis !== undefined) return clamp(millis / 1000)
  const value = headers["retry-after"]
  const seconds = numberOf(value)
  if (seconds !== undefined) return clamp(seconds)
  const date = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isNaN(date) ? undefined : clamp((date - nowMillis) / 1000)
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined

const clamp = (seconds: number): number => Math.min(86_400, Math.max(0, seconds))
