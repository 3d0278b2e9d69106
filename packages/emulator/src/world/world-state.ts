import type { FaultPlan } from "../faults/fault-plan.ts"
import { FaultInjector } from "../faults/fault-injector.ts"
import { type SwitchSettings, usualSwitches } from "../faults/switches.ts"
import type { Callback } from "../callbacks/callback.ts"
import type { ElementSource } from "../outputs/output.ts"
import { Agenda } from "./agenda.ts"
import { type Ids, makeIds } from "./ids.ts"
import { type Keys, makeKeys, type Region } from "./keys.ts"
import { type Booking, bookingOf } from "./ledger.ts"
import { makePacks, type Packs, roundUnits, setPacks } from "./packs.ts"
import { RequestLog } from "./request-log.ts"
import { Sessions } from "./sessions.ts"
import { isCharged } from "./task.ts"
import { TaskStore } from "./task-store.ts"

export interface WorldOptions {
  /** How much faster than the real Kling tasks run; default 60. */
  readonly speed?: number
  /** The same seed gives the same keys, ids, durations and pictures; default 1. */
  readonly seed?: number
  readonly region?: Region
  /** Faults, switches and packs to start with. */
  readonly faults?: FaultPlan
  /** Where result URLs point: the emulator's own address. */
  readonly baseUrl?: string
}

/** All that one emulated account is and has done. Every change happens inside one request, so nothing needs a lock. */
export class WorldState {
  readonly speed: number
  readonly seed: number
  readonly region: Region
  readonly keys: Keys
  /** Names tasks and what they make; nothing else draws from it, so polling does not change what comes next. */
  readonly ids: Ids
  readonly requestIds: Ids
  /** Who owns what is made here: Kling names owners by number. */
  readonly accountId: string
  readonly packs: Packs
  readonly tasks = new TaskStore()
  readonly sessions = new Sessions()
  readonly bookings: Array<Booking> = []
  readonly requests = new RequestLog()
  readonly agenda = new Agenda()
  /** Callbacks that are due and not yet taken by whoever sends them. */
  readonly outbox: Array<Callback> = []
  /** Callbacks that were sent, with what became of them. */
  readonly callbacks: Array<{
    readonly at: number
    readonly id: string
    readonly url: string
    readonly outcome: string
  }> = []
  /** The old library of elements, which has no tasks. */
  readonly oldElements = new Map<string, ElementSource>()
  /** Ids of elements and voices that were deleted. */
  readonly deleted = new Set<string>()
  readonly faults: FaultInjector
  switches: SwitchSettings = usualSwitches
  baseUrl: string
  /** How far `POST /_emulator/advance` has moved the emulator's clock ahead. */
  aheadMs = 0
  /** When the account was opened: at the first request. */
  openedAt: number | undefined
  costsAskedAt = -Infinity

  constructor(options: WorldOptions) {
    this.speed = options.speed ?? 60
    this.seed = options.seed ?? 1
    this.region = options.region ?? "global"
    this.keys = makeKeys(this.seed, this.region)
    this.ids = makeIds(this.seed)
    this.requestIds = makeIds(this.seed + 1)
    this.accountId = makeIds(this.seed + 4)
      .long()
      .slice(-9)
    this.packs = makePacks(makeIds(this.seed + 2).hex)
    this.faults = new FaultInjector(makeIds(this.seed + 3).chance)
    this.baseUrl = options.baseUrl ?? "http://kling.emulator"
    this.plan(options.faults ?? {})
  }

  plan({ faults = [], switches = {}, packs = {} }: FaultPlan): void {
    this.faults.add(faults)
    this.switches = { ...this.switches, ...switches }
    setPacks(this.packs, packs)
  }

  clearPlan(): void {
    this.faults.clear()
    this.switches = usualSwitches
  }

  /** Brings the world up to `now`: late commits and callbacks happen, ended tasks are charged and free their slots. */
  settle(now: number): void {
    this.openedAt ??= now
    for (let due = this.agenda.takeDue(now); due !== undefined; due = this.agenda.takeDue(now)) {
      this.#bookEnded(due.at)
      due.run(due.at)
    }
    this.#bookEnded(now)
  }

  /** Takes units out of a pack and writes them into the ledger. */
  book(booking: Booking): void {
    const pack = this.packs[booking.pack]
    pack.remaining = roundUnits(pack.remaining - booking.charge.units)
    this.bookings.push(booking)
  }

  requestId(): string {
    const { hex } = this.requestIds
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  }

  #bookEnded(now: number): void {
    for (const task of this.tasks.takeEnded(now)) if (isCharged(task, now)) this.book(bookingOf(task))
  }
}
