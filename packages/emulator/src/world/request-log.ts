/** One request as `GET /_emulator/requests` shows it. No header is kept, so no key can be. */
export interface LoggedRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly status: number
  /** Kling's code; absent for files. */
  readonly code?: number
  /** Bytes of the answer's body. */
  readonly bytes: number
  /** How the answer was lost, when a fault asked for it. */
  readonly delivery?: string
}

const kept = 20_000

/** The latest requests, oldest first. */
export class RequestLog {
  #rows: Array<LoggedRequest> = []

  add(row: LoggedRequest): void {
    this.#rows.push(row)
    if (this.#rows.length >= kept * 2) this.#rows = this.#rows.slice(-kept)
  }

  get rows(): ReadonlyArray<LoggedRequest> {
    return this.#rows.slice(-kept)
  }
}
