import type { FaultPlan } from "../faults/fault-plan.ts"
import { FaultInjector } from "../faults/fault-injector.ts"
import { type SwitchSettings, usualSwitches } from "../faults/switches.ts"
import { type Ids, makeIds } from "./ids.ts"
import { type Keys, makeKeys, type Region } from "./keys.ts"
import { chargeFor, type LedgerCharge } from "./ledger.ts"
import { makePacks, type Packs, roundUnits, setPacks } from "./packs.ts"
import { RequestLog } from "./request-log.ts"
import { TaskStore } from "./task-store.ts"

export interface WorldOptions {
  /** How much faster than the real Kling tasks run; default 60. */
  readonly speed?: number
  /** The same seed gives the same keys, ids, durations and pictures; default 1. */
  readonly seed?: number
  readonly region?: Region
  /** Faults and switches to start with. */
  readonly faults?: FaultPlan
  /** Where result URLs point: the emulator's own address. */
  readonly baseUrl?: string
}

interface Pending {
  readonly at: number
  readonly run: (now: number) => void
}

/** All that one emulated account is and has done. Every change happens inside one request, so nothing needs a lock. */
export class WorldState {
  readonly speed: number
  readonly seed: number
  readonly region: Region
  readonly keys: Keys
  readonly ids: Ids
  readonly packs: Packs
  readonly tasks = new TaskStore()
  readonly charges: Array<LedgerCharge> = []
  readonly requests = new RequestLog()
  readonly faults: FaultInjector
  switches: SwitchSettings = usualSwitches
  baseUrl: string
  /** How far `POST /_emulator/advance` has moved the emulator's clock ahead. */
  aheadMs = 0
  /** When the account was opened: at the first request. */
  openedAt = 0
  costsAskedAt = -Infinity
  #pending: Array<Pending> = []

  constructor(options: WorldOptions) {
    this.speed = options.speed ?? 60
    this.seed = options.seed ?? 1
    this.region = options.region ?? "global"
    this.keys = makeKeys(this.seed, this.region)
    this.ids = makeIds(this.seed)
    this.packs = makePacks(this.ids.hex)
    this.faults = new FaultInjector(this.ids.chance)
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

  open(now: number): void {
    if (this.openedAt === 0) this.openedAt = now
  }

  /** Does something once the emulator's clock reaches `at`. */
  later(at: number, run: (now: number) => void): void {
    this.#pending.push({ at, run })
  }

  /** Brings the world up to `now`: late commits happen, ended tasks are charged and free their slots. */
  settle(now: number): void {
    const due = this.#pending.filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)
    if (due.length > 0) this.#pending = this.#pending.filter(({ at }) => at > now)
    for (const { at, run } of due) {
      this.#chargeEnded(at)
      run(at)
    }
    this.#chargeEnded(now)
  }

  #chargeEnded(now: number): void {
    for (const task of this.tasks.takeEnded(now)) {
      if (task.failure !== undefined && !this.switches.chargeFailedTasks) continue
      const pack = this.packs[task.pack]
      pack.remaining = roundUnits(pack.remaining - task.units)
      this.charges.push(chargeFor(task))
    }
  }
}
