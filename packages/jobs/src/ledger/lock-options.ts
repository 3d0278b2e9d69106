import { Duration } from "effect"

export interface LockOptions {
  /** How long to wait for other processes that are writing; 10 seconds when absent. */
  readonly lockTimeout?: Duration.Input
  /** @deprecated Use `lockTimeout`. */
  readonly lockMillis?: number
}

export interface ServerOptions extends LockOptions {
  /** How long the server may take for one use of the ledger; 5 seconds more than `lockTimeout` when absent. */
  readonly answerTimeout?: Duration.Input
}

export const answerMillisOf = (options: ServerOptions): number =>
  options.answerTimeout === undefined ? lockMillisOf(options) + 5000 : Duration.toMillis(options.answerTimeout)

export const lockMillisOf = ({ lockTimeout, lockMillis = 10_000 }: LockOptions): number =>
  lockTimeout === undefined ? lockMillis : Duration.toMillis(lockTimeout)
