import type { KlingWorld } from "@klingkit/emulator"
import type { JobRecord, JobState } from "@klingkit/jobs"

/** What the world has seen of one intent, and what clients were told. */
export class Witness {
  /** Which intent an external id was sent for. */
  readonly #intentOfId = new Map<string, number>()
  readonly #states = new Map<string, JobState>()
  readonly violations: Array<string> = []
  /** Handles of requests that a client was told have not been charged. */
  readonly toldUncharged: Array<{ readonly handle: string; readonly code: string }> = []
  /** Handles that a client was told were accepted. */
  readonly toldAccepted: Array<string> = []
  /** Handles that a client was given before Kling had accepted the request. */
  readonly promised: Array<string> = []
  readonly overBudget = new Set<number>()
  readonly #admitted = new Set<number>()
  readonly #kling: KlingWorld
  readonly #maxUsdPerDay: number | undefined

  constructor(kling: KlingWorld, maxUsdPerDay: number | undefined) {
    this.#kling = kling
    this.#maxUsdPerDay = maxUsdPerDay
  }

  /** A create leaves for Kling. */
  sends(body: string): void {
    const id = /kk-[a-z0-9]+-[0-9a-z]{26}(-\d+)?/.exec(body)?.[0]
    const intent = /intent (\d+)/.exec(body)?.[1]
    if (id !== undefined && intent !== undefined) this.#intentOfId.set(id, Number(intent))
  }

  /** The ledger has let an intent pass. */
  admits({ prompt }: JobRecord): void {
    this.#admitted.add(Number(/\d+/.exec(prompt ?? "")?.[0]))
  }

  /** The ledger shows a job in this state. */
  sees({ handle, state }: JobRecord): void {
    const before = this.#states.get(handle)
    if (before !== undefined && !mayFollow(before, state))
      this.#broken(`${handle} went back from ${before} to ${state}`)
    this.#states.set(handle, state)
  }

  /** What holds at every moment. */
  check(): void {
    const tasks = new Map<number, number>()
    let usd = 0
    for (const task of this.#kling.state.tasks.newestFirst()) {
      const intent = this.#intentOfId.get(task.externalId)
      if (intent === undefined) this.#broken(`nobody has asked for the task ${task.externalId}`)
      else tasks.set(intent, (tasks.get(intent) ?? 0) + 1)
      usd += task.usd
    }
    for (const [intent, count] of tasks) if (count > 1) this.#broken(`intent ${intent} has ${count} tasks at Kling`)
    if (usd > (this.#maxUsdPerDay ?? Infinity) + 1e-9) this.#broken(`$${usd} spent of $${this.#maxUsdPerDay}`)
  }

  /** What holds when everything has come to rest; the charges moved long ago. */
  checkEnd(records: ReadonlyArray<JobRecord>): void {
    this.check()
    const { tasks, bookings } = this.#kling.state
    for (const record of records) {
      const { handle, state } = record
      this.sees(record)
      const made = tasks.byExternalId(handle)
      const charges = bookings.filter(({ charge }) => charge.externalTaskId === handle).length
      const expected = expectedAtEnd[state]
      if (expected === undefined) this.#broken(`${handle} rests in ${state}`)
      else if (made.length !== expected) this.#broken(`${handle} is ${state} with ${made.length} tasks at Kling`)
      if (charges !== (state === "SUCCEEDED" ? 1 : 0))
        this.#broken(`${handle} is ${state} and was charged ${charges} times`)
    }
    const known = new Set(records.map(({ handle }) => handle))
    for (const task of tasks.newestFirst()) {
      if (!known.has(task.externalId)) this.#broken(`the ledger knows nothing of the task ${task.externalId}`)
    }
    for (const handle of this.toldAccepted) {
      if (tasks.byExternalId(handle).length !== 1)
        this.#broken(`${handle} was called accepted, and Kling has no such task`)
    }
    for (const { handle, state, message } of records) {
      if (
        this.promised.includes(handle) &&
        state === "REFUSED" &&
        message?.startsWith("not sent: the program") === true
      )
        this.#broken(`${handle} was given away, and nobody has sent it`)
    }
    for (const { handle, code } of this.toldUncharged) {
      if (tasks.byExternalId(handle).length > 0)
        this.#broken(`${handle} was called not charged (${code}), and Kling has it`)
    }
    const sent = new Set(this.#intentOfId.values())
    for (const intent of this.overBudget) {
      if (!this.#admitted.has(intent) && sent.has(intent))
        this.#broken(`intent ${intent} was over budget, and was sent`)
    }
  }

  #broken(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what)
  }
}

/** How many tasks a job has at Kling when it has come to rest; in other states it may not rest. */
const expectedAtEnd: Partial<Record<JobState, number>> = { REFUSED: 0, UNKNOWN: 0, SUCCEEDED: 1, FAILED: 1 }

const rank: Readonly<Record<JobState, number>> = {
  INTENT: 0,
  SENDING: 1,
  IN_DOUBT: 2,
  UNKNOWN: 3,
  ACCEPTED: 4,
  RUNNING: 5,
  SUCCEEDED: 6,
  FAILED: 6,
  REFUSED: 6,
  FETCHED: 7
}

/** Forward, or one of the two ways back: nothing has left, and sent once more. Several steps may lie between. */
const mayFollow = (before: JobState, after: JobState): boolean => {
  if (before === after) return true
  if (rank[before] <= rank.IN_DOUBT) return true
  return rank[after] > rank[before]
}
