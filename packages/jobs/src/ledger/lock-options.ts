import { Duration } from "effect"

export interface LockOptions {
  /** How long to wait for other processes that are writing; 10 seconds when absent. */
  readonly lockTimeout?: Duration.Input
  /** @deprecated Use `lockTimeout`. */
  readonly lockMillis?: number
}

export const lockMillisOf = ({ lockTimeout, lockMillis = 10_000 }: LockOptions): number =>
  lockTimeout === undefined ? lockMillis : Duration.toMillis(lockTimeout)
