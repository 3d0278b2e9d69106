import { type Fault, faultKinds, type FaultOf, type FaultReach } from "./fault-plan.ts"

/** What a fault can be aimed at. */
export interface FaultTarget {
  readonly reach: FaultReach | "reads"
  readonly operation: string
  readonly path: string
}

interface Armed {
  readonly fault: Fault
  seen: number
  struck: number
}

/** The faults that strike one request; several may. */
export class Struck {
  readonly faults: ReadonlyArray<Fault>
  constructor(faults: ReadonlyArray<Fault>) {
    this.faults = faults
  }
  find<Name extends Fault["fault"]>(name: Name): FaultOf<Name> | undefined {
    return this.faults.find((one): one is FaultOf<Name> => one.fault === name)
  }
}

/** Decides which faults strike which request. Chance comes from the world's seed. */
export class FaultInjector {
  readonly #chance: () => number
  #armed: Array<Armed> = []

  constructor(chance: () => number) {
    this.#chance = chance
  }

  add(faults: ReadonlyArray<Fault>): void {
    for (const fault of faults) this.#armed.push({ fault, seen: 0, struck: 0 })
  }

  clear(): void {
    this.#armed = []
  }

  /** What is still to come, with how often each has struck. */
  list(): ReadonlyArray<Fault & { readonly struck: number }> {
    return this.#armed.map(({ fault, struck }) => ({ ...fault, struck }))
  }

  strike(target: FaultTarget): Struck {
    return new Struck(this.#armed.filter((armed) => this.#strikes(armed, target)).map(({ fault }) => fault))
  }

  #strikes(armed: Armed, target: FaultTarget): boolean {
    const { fault } = armed
    if (!isAimedAt(fault, target)) return false
    armed.seen++
    const limit = fault.count ?? (fault.probability === undefined ? 1 : "always")
    if (armed.seen < (fault.nth ?? 1) || (limit !== "always" && armed.struck >= limit)) return false
    if (fault.probability !== undefined && this.#chance() >= fault.probability) return false
    armed.struck++
    return true
  }
}

const isAimedAt = (fault: Fault, target: FaultTarget): boolean => {
  const reach = faultKinds.find(({ name }) => name === fault.fault)?.reach
  // A file cannot be refused by a code, and a create cannot be downloaded: only `on` widens, and only to other calls.
  if (fault.on === undefined) return reach === target.reach
  if ((reach === "files" || reach === "callbacks") && reach !== target.reach) return false
  return matches(fault.on, target.operation) || matches(fault.on, target.path)
}

const matches = (glob: string, text: string): boolean => {
  const pattern = glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*")
  return new RegExp(`^${pattern}$`).test(text)
}
