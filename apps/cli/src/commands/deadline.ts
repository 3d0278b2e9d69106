import { Clock, Duration, Effect } from "effect"

/** When a command gives up, whatever it does then: counted from its start, the transfer of results included. */
export interface Deadline {
  readonly timeout: Duration.Duration
  readonly atMillis: number
}

export const deadlineAfter = (timeout: Duration.Duration): Effect.Effect<Deadline> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({ timeout, atMillis: now + Duration.toMillis(timeout) }))

export const timeLeft = ({ atMillis }: Deadline): Effect.Effect<Duration.Duration> =>
  Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, atMillis - now)))
