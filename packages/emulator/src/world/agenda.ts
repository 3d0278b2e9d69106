/** Something that will happen at its time: a late commit, a callback. */
interface Entry {
  readonly at: number
  readonly run: (at: number) => void
}

/** What is still to come, first things first; entries of one moment keep their order. */
export class Agenda {
  readonly #entries: Array<Entry> = []

  add(at: number, run: (at: number) => void): void {
    this.#entries.splice(this.#entries.findLastIndex((entry) => entry.at <= at) + 1, 0, { at, run })
  }

  /** Takes out the next thing that is due, if any. */
  takeDue(now: number): Entry | undefined {
    const next = this.#entries[0]
    return next !== undefined && next.at <= now ? this.#entries.shift() : undefined
  }
}
