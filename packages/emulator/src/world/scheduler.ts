/** A scheduled event: a late commit or a callback. */
interface Entry {
  readonly at: number
  readonly run: (at: number) => void
}

/** Future events, earliest first; events of the same time keep their order. */
export class Scheduler {
  readonly #entries: Array<Entry> = []

  add(at: number, run: (at: number) => void): void {
    this.#entries.splice(this.#entries.findLastIndex((entry) => entry.at <= at) + 1, 0, { at, run })
  }

  /** Removes and returns the next event that is due, if any. */
  takeDue(now: number): Entry | undefined {
    const next = this.#entries[0]
    return next !== undefined && next.at <= now ? this.#entries.shift() : undefined
  }
}
