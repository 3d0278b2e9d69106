import type { KlingWorld } from "@klingkit/emulator"
import type { JobRecord, JobState } from "@klingkit/jobs"

/** Checks the guarantee against what Kling received, what the ledger holds and what clients received. */
export class InvariantChecker {
  /** The intent that each external id was sent for. */
  readonly #intentOfId = new Map<string, number>()
  readonly #states = new Map<string, JobState>()
  readonly violations: Array<string> = []
  /** Handles reported to a client as not charged. */
  readonly reportedUncharged: Array<{ readonly handle: string; readonly code: string }> = []
  /** Handles reported to a client as accepted. */
  readonly reportedAccepted: Array<string> = []
  /** Handles returned to a client before Kling had accepted the request. */
  readonly acknowledged: Array<string> = []
  readonly overBudget = new Set<number>()
  readonly #admitted = new Set<number>()
  readonly #kling: KlingWorld
  readonly #maxUsdPerDay: number | undefined

  constructor(kling: KlingWorld, maxUsdPerDay: number | undefined) {
    this.#kling = kling
    this.#maxUsdPerDay = maxUsdPerDay
  }

  /** A create is sent to Kling. */
  recordSend(body: string): void {
    const id = /kk-[a-z0-9]+-[0-9a-z]{26}(-\d+)?/.exec(body)?.[0]
    const intent = /intent (\d+)/.exec(body)?.[1]
    if (id !== undefined && intent !== undefined) this.#intentOfId.set(id, Number(intent))
  }

  /** The ledger has admitted an intent. */
  recordAdmission({ prompt }: JobRecord): void {
    this.#admitted.add(Number(/\d+/.exec(prompt ?? "")?.[0]))
  }

  /** The ledger shows a job in this state. */
  recordState({ handle, state }: JobRecord): void {
    const before = this.#states.get(handle)
    if (before !== undefined && !isValidTransition(before, state))
      this.#violation(`${handle} went back from ${before} to ${state}`)
    this.#states.set(handle, state)
  }

  /** Invariants that hold at all times. */
  check(): void {
    const tasks = new Map<number, number>()
    let usd = 0
    for (const task of this.#kling.state.tasks.newestFirst()) {
      const intent = this.#intentOfId.get(task.externalId)
      if (intent === undefined) this.#violation(`no request for the task ${task.externalId}`)
      else tasks.set(intent, (tasks.get(intent) ?? 0) + 1)
      usd += task.usd
    }
    for (const [intent, count] of tasks) if (count > 1) this.#violation(`intent ${intent} has ${count} tasks at Kling`)
    if (usd > (this.#maxUsdPerDay ?? Infinity) + 1e-9) this.#violation(`$${usd} spent of $${this.#maxUsdPerDay}`)
  }

  /** Invariants that hold once everything has settled. */
  checkEnd(records: ReadonlyArray<JobRecord>): void {
    this.check()
    const { tasks, charges: ledger } = this.#kling.state
    for (const record of records) {
      const { handle, state } = record
      this.recordState(record)
      const found = tasks.byExternalId(handle)
      const charges = ledger.filter(({ charge }) => charge.externalTaskId === handle).length
      const expected = expectedAtEnd[state]
      if (expected === undefined) this.#violation(`${handle} settled in ${state}`)
      else if (found.length !== expected) this.#violation(`${handle} is ${state} with ${found.length} tasks at Kling`)
      if (charges !== (state === "SUCCEEDED" ? 1 : 0))
        this.#violation(`${handle} is ${state} and was charged ${charges} times`)
    }
    const recorded = new Set(records.map(({ handle }) => handle))
    for (const task of tasks.newestFirst()) {
      if (!recorded.has(task.externalId)) this.#violation(`the ledger has no job for the task ${task.externalId}`)
    }
    for (const handle of this.reportedAccepted) {
      if (tasks.byExternalId(handle).length !== 1)
        this.#violation(`${handle} was reported accepted, but Kling has no such task`)
    }
    for (const { handle, state, message } of records) {
      if (this.acknowledged.includes(handle) && state === "REFUSED" && /^not sent(?!.*hour)/i.test(message ?? ""))
        this.#violation(`${handle} was acknowledged but never sent`)
    }
    for (const { handle, code } of this.reportedUncharged) {
      if (tasks.byExternalId(handle).length > 0)
        this.#violation(`${handle} was reported not charged (${code}), but Kling has it`)
    }
    const sent = new Set(this.#intentOfId.values())
    for (const intent of this.overBudget) {
      if (!this.#admitted.has(intent) && sent.has(intent))
        this.#violation(`intent ${intent} was over budget but was sent`)
    }
  }

  #violation(text: string): void {
    if (!this.violations.includes(text)) this.violations.push(text)
  }
}

/** How many tasks a settled job has at Kling; jobs must not settle in other states. */
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

/** Forward, or one of the two ways back: not sent, and sent again. Several transitions may lie between. */
const isValidTransition = (before: JobState, after: JobState): boolean => {
  if (before === after) return true
  if (rank[before] <= rank.IN_DOUBT) return true
  return rank[after] > rank[before]
}
