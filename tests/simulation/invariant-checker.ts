import { findOperation } from "@klingkit/core"
import type { KlingWorld } from "@klingkit/emulator"
import type { JobRecord, JobState } from "@klingkit/jobs"
import type { Scenario } from "./scenario.ts"
import { KlingTasks } from "./kling-tasks.ts"

/** Checks the guarantee against what Kling received, what the ledger holds and what clients received. */
export class InvariantChecker {
  readonly #sent = new Set<number>()
  readonly #states = new Map<string, JobState>()
  readonly violations: Array<string> = []
  /** Handles reported to a client as not charged. */
  readonly reportedUncharged: Array<{ readonly handle: string; readonly code: string }> = []
  /** Handles reported to a client as accepted. */
  readonly reportedAccepted: Array<string> = []
  /** Handles returned to a client before Kling had accepted the request. */
  readonly acknowledged: Array<string> = []
  readonly overBudget = new Set<number>()
  readonly tasks: KlingTasks
  readonly #admitted = new Set<number>()
  readonly #admittedAsNextTake = new Set<number>()
  readonly #scenario: Scenario
  /** The ledger's file is no longer where it was. */
  isLedgerGone = false

  constructor(kling: KlingWorld, scenario: Scenario) {
    this.tasks = new KlingTasks(kling)
    this.#scenario = scenario
  }

  /** A create is sent to Kling. */
  recordSend(body: string): void {
    const intent = /intent (\d+)/.exec(body)?.[1]
    if (intent !== undefined) this.#sent.add(Number(intent))
  }

  /** The ledger has admitted an intent. */
  recordAdmission(job: JobRecord, isNew: boolean, isNextTake: boolean): void {
    if (isNew && this.isLedgerGone) this.#violation(`${job.handle} was created in a ledger that is no longer there`)
    this.#admitted.add(intentOf(job))
    if (isNextTake) this.#admittedAsNextTake.add(intentOf(job))
  }

  /** What the next take is, depends on which have ended. */
  hasNextTake(intent: number): boolean {
    return this.#admittedAsNextTake.has(intent)
  }

  /** A job is to be sent. */
  recordSending({ handle }: JobRecord): void {
    if (this.isLedgerGone) this.#violation(`${handle} was sent from a ledger that is no longer there`)
  }

  /** A process has claimed a job from a living one that was not suspended. */
  recordTaken(handle: string): void {
    this.#violation(`${handle} was taken from the living process that sends it`)
  }

  /** The ledger shows a job in this state. */
  recordState({ handle, state }: JobRecord): void {
    const before = this.#states.get(handle)
    if (before !== undefined && !isValidTransition(before, state))
      this.#violation(`${handle} went back from ${before} to ${state}`)
    this.#states.set(handle, state)
  }

  /** Handles of requests that never reached Kling, so far. */
  get refused(): ReadonlySet<string> {
    return new Set([...this.#states].flatMap(([handle, state]) => (state === "REFUSED" ? [handle] : [])))
  }

  /** A request was answered by one that had never been made. */
  recordAnsweredByRefused(handle: string): void {
    this.#violation(`a request was answered by ${handle}, which had been refused before`)
  }

  /** The status of a job could not be had. */
  recordNoStatus(handle: string, code: string): void {
    const isAbsent = code === "KLING_TASK_NOT_FOUND" || code === "KLING_TASK_NOT_VISIBLE"
    if (isAbsent && this.#hasClock) this.#violation(`${handle} was accepted, and then reported absent (${code})`)
  }

  /** Invariants that hold at all times. */
  check(): void {
    const { maxUsdPerDay = Infinity } = this.#scenario
    for (const [intent, count] of this.tasks.perIntent) {
      const takes = intent === undefined ? 0 : takesOf(this.#scenario, intent)
      if (count > takes) this.#violation(`intent ${intent} has ${count} tasks at Kling for ${takes} takes`)
    }
    const { usd } = this.tasks
    if (usd > maxUsdPerDay + 1e-9) this.#violation(`$${usd} spent of $${maxUsdPerDay}`)
  }

  /** Invariants that hold once everything has settled. */
  checkEnd(records: ReadonlyArray<JobRecord>): void {
    this.check()
    if (this.isLedgerGone) return
    for (const record of records) {
      this.recordState(record)
      this.#checkSettled(record)
    }
    this.#checkTasks(records)
    const byHandle = new Map(records.map((record) => [record.handle, record]))
    for (const handle of this.reportedAccepted) {
      const record = byHandle.get(handle)
      if (record === undefined || this.tasks.of(record).length !== 1)
        this.#violation(`${handle} was reported accepted, but Kling has no such task`)
    }
    for (const { handle, state, message } of records) {
      if (this.acknowledged.includes(handle) && state === "REFUSED" && /^not sent(?!.*hour)/i.test(message ?? ""))
        this.#violation(`${handle} was acknowledged but never sent`)
    }
    for (const { handle, code } of this.reportedUncharged) {
      const record = byHandle.get(handle)
      if (record !== undefined && this.tasks.of(record).length > 0)
        this.#violation(`${handle} was reported not charged (${code}), but Kling has it`)
    }
    for (const intent of this.overBudget) {
      if (!this.#admitted.has(intent) && this.#sent.has(intent))
        this.#violation(`intent ${intent} was over budget but was sent`)
    }
  }

  #checkSettled(record: JobRecord): void {
    const { handle, state } = record
    const found = this.tasks.of(record)
    const charges = this.tasks.chargesOf(record)
    const expected = expectedAtEnd[state]
    if (expected === undefined) this.#violation(`${handle} settled in ${state}`)
    else if (found.length !== expected) this.#violation(`${handle} is ${state} with ${found.length} tasks at Kling`)
    if (charges !== (state === "SUCCEEDED" ? 1 : 0))
      this.#violation(`${handle} is ${state} and was charged ${charges} times`)
    if (state === "UNKNOWN" && record.spentUsd <= 0) this.#violation(`${handle} is UNKNOWN and reserves nothing`)
  }

  /** Each task belongs to one job of its intent; or its answer was lost, and the job that asked for it is open. */
  #checkTasks(records: ReadonlyArray<JobRecord>): void {
    const owners = new Map<string, JobRecord>()
    for (const record of records) {
      for (const { id } of this.tasks.of(record)) {
        const other = owners.get(id)
        if (other !== undefined) this.#violation(`${record.handle} and ${other.handle} have the same task`)
        owners.set(id, record)
        // Clocks that disagree cannot say which requests were sent at about the time of a task.
        if (this.#hasClock && this.tasks.intentOf(id) !== intentOf(record))
          this.#violation(`${record.handle} has the task of another request`)
      }
    }
    const unknown = records.filter(({ state }) => state === "UNKNOWN")
    const open = unknown.filter(({ operation }) => isUnfindable(operation))
    const orphans = this.tasks.ids.filter((id) => !owners.has(id))
    for (const id of orphans) {
      const intent = this.tasks.intentOf(id)
      if (!open.some((record) => intentOf(record) === intent) && !(open.length > 0 && !this.#hasClock))
        this.#violation(`the ledger has no job for the task ${id} of intent ${intent}`)
    }
    if (orphans.length === 1 && open.length === 1 && unknown.length === 1 && this.#hasClock)
      this.#violation(`${open[0]?.handle} has not adopted the only task that can be its`)
  }

  /** All processes know what time it is. */
  get #hasClock(): boolean {
    return (this.#scenario.conditions.clockJumps ?? []).length === 0
  }

  #violation(text: string): void {
    if (!this.violations.includes(text)) this.violations.push(text)
  }
}

const intentOf = ({ prompt }: Pick<JobRecord, "prompt">): number => Number(/\d+/.exec(prompt ?? "")?.[0])

const isUnfindable = (operation: string): boolean => findOperation(operation)?.findableByExternalId !== "proven"

/** How many results of an intent were asked for. */
const takesOf = ({ submissions }: Scenario, intent: number): number => {
  const asked = submissions.filter((submission) => submission.intent === intent)
  return new Set(asked.flatMap(({ take = 1 }) => (take === "both" ? [1, 2] : [take]))).size
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
