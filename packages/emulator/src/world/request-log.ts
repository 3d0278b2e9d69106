/** One request in `GET /_emulator/requests`. Headers are not stored, so no key can be. */
export interface LoggedRequest {
  readonly at: number
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly status: number
  /** Kling's code; absent for files. */
  readonly code?: number
  /** Bytes of the response body. */
  readonly bytes: number
  /** How the response was lost, if a fault was injected. */
  readonly delivery?: string
}

const maxRows = 20_000

/** The latest requests, oldest first. */
export class RequestLog {
  #rows: Array<LoggedRequest> = []

  add(row: LoggedRequest): void {
    this.#rows.push(row)
    if (this.#rows.length >= maxRows * 2) this.#rows = this.#rows.slice(-maxRows)
  }

  get rows(): ReadonlyArray<LoggedRequest> {
    return this.#rows.slice(-maxRows)
  }
}
