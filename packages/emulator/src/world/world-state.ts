import type { FaultPlan } from "../faults/fault-plan.ts"
import { FaultInjector } from "../faults/fault-injector.ts"
import { type SwitchSettings, defaultSwitches } from "../faults/switches.ts"
import type { Callback } from "../callbacks/callback.ts"
import type { ElementSource } from "../outputs/output.ts"
import { Scheduler } from "./scheduler.ts"
import { type Ids, makeIds } from "./ids.ts"
import { type Keys, makeKeys, type Region, rotatedKey } from "./keys.ts"
import { type PackCharge, chargeOf } from "./ledger.ts"
import { makePacks, type Packs, roundUnits, setPacks } from "./packs.ts"
import { RequestLog } from "./request-log.ts"
import { Sessions } from "./sessions.ts"
import { isCharged } from "./task.ts"
import { TaskStore } from "./task-store.ts"

export interface WorldOptions {
  /** Tasks run this many times faster than at Kling; default 60. */
  readonly speed?: number
  /** The same seed gives the same keys, ids, durations and media; default 1. */
  readonly seed?: number
  readonly region?: Region
  /** Initial faults, switches and packs. */
  readonly faults?: FaultPlan
  /** The base of result URLs: the emulator's own URL. */
  readonly baseUrl?: string
}

/** The state of one emulated account. Every change happens within one request, so no locks are needed. */
export class WorldState {
  readonly speed: number
  readonly seed: number
  readonly region: Region
  readonly keys: Keys
  /** The API keys that are valid now. */
  readonly apiKeys: Set<string>
  /** Ids of tasks and outputs; nothing else draws from it, so polling does not affect later ids. */
  readonly ids: Ids
  readonly requestIds: Ids
  /** The owner of elements and voices: Kling identifies owners by number. */
  readonly accountId: string
  readonly packs: Packs
  readonly tasks = new TaskStore()
  readonly sessions = new Sessions()
  readonly charges: Array<PackCharge> = []
  readonly requests = new RequestLog()
  readonly scheduler = new Scheduler()
  /** Callbacks that are due and not yet taken by the sender. */
  readonly outbox: Array<Callback> = []
  /** Callbacks that were sent, with their outcomes. */
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
  switches: SwitchSettings = defaultSwitches
  baseUrl: string
  /** How far `POST /_emulator/advance` has advanced the emulator's clock. */
  clockOffsetMs = 0
  /** When the account was opened: at the first request. */
  openedAt: number | undefined
  lastCostsReadAt = -Infinity
  #rotations = 0

  constructor(options: WorldOptions) {
    this.speed = options.speed ?? 60
    this.seed = options.seed ?? 1
    this.region = options.region ?? "global"
    this.keys = makeKeys(this.seed, this.region)
    this.apiKeys = new Set([this.keys.apiKey])
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
    this.switches = defaultSwitches
  }

  /** Issues another API key of the account; `revoke` invalidates the earlier ones. */
  rotateKey(revoke: boolean): string {
    const key = rotatedKey(this.seed, this.region, ++this.#rotations)
    if (revoke) this.apiKeys.clear()
    this.apiKeys.add(key)
    return key
  }

  /** Advances the world to `now`: runs late commits and callbacks, charges finished tasks and frees their slots. */
  advanceTo(now: number): void {
    this.openedAt ??= now
    for (let due = this.scheduler.takeDue(now); due !== undefined; due = this.scheduler.takeDue(now)) {
      this.#chargeFinished(due.at)
      due.run(due.at)
    }
    this.#chargeFinished(now)
  }

  /** Deducts units from a pack and records them in the ledger. */
  recordCharge(packCharge: PackCharge): void {
    const pack = this.packs[packCharge.pack]
    pack.remaining = roundUnits(pack.remaining - packCharge.charge.units)
    this.charges.push(packCharge)
  }

  requestId(): string {
    const { hex } = this.requestIds
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
  }

  #chargeFinished(now: number): void {
    for (const task of this.tasks.takeEnded(now)) if (isCharged(task, now)) this.recordCharge(chargeOf(task))
  }
}
