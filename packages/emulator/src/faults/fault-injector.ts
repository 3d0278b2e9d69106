import { type Fault, faultKinds, type FaultOf, type FaultScope } from "./fault-plan.ts"

/** A request, download or callback that a fault can target. */
export interface FaultTarget {
  readonly scope: FaultScope
  readonly operation: string
  readonly path: string
}

interface Armed {
  readonly fault: Fault
  matched: number
  injected: number
}

/** The faults that apply to one request; there may be several. */
export class AppliedFaults {
  readonly faults: ReadonlyArray<Fault>
  constructor(faults: ReadonlyArray<Fault>) {
    this.faults = faults
  }
  find<Name extends Fault["fault"]>(name: Name): FaultOf<Name> | undefined {
    return this.faults.find((fault): fault is FaultOf<Name> => fault.fault === name)
  }
}

/** Decides which faults apply to which request. Probabilities are drawn from the world's seed. */
export class FaultInjector {
  readonly #chance: () => number
  #armed: Array<Armed> = []

  constructor(chance: () => number) {
    this.#chance = chance
  }

  add(faults: ReadonlyArray<Fault>): void {
    for (const fault of faults) this.#armed.push({ fault, matched: 0, injected: 0 })
  }

  clear(): void {
    this.#armed = []
  }

  /** The armed faults, each with how often it has been injected (`applied`). */
  list(): ReadonlyArray<Fault & { readonly applied: number }> {
    return this.#armed.map(({ fault, injected }) => ({ ...fault, applied: injected }))
  }

  /** The faults for this target; counts each of them as injected. */
  inject(target: FaultTarget): AppliedFaults {
    return new AppliedFaults(this.#armed.filter((armed) => this.#applies(armed, target)).map(({ fault }) => fault))
  }

  #applies(armed: Armed, target: FaultTarget): boolean {
    const { fault } = armed
    if (!isTargeted(fault, target)) return false
    armed.matched++
    const limit = fault.count ?? (fault.probability === undefined ? 1 : "always")
    if (armed.matched < (fault.nth ?? 1) || (limit !== "always" && armed.injected >= limit)) return false
    if (fault.probability !== undefined && this.#chance() >= fault.probability) return false
    armed.injected++
    return true
  }
}

const isTargeted = (fault: Fault, target: FaultTarget): boolean => {
  const scope = faultKinds.find(({ name }) => name === fault.fault)?.scope
  // Only `on` extends a fault to other requests; faults of downloads and callbacks never apply to anything else.
  if (fault.on === undefined) return scope === target.scope
  if ((scope === "files" || scope === "callbacks") && scope !== target.scope) return false
  return matches(fault.on, target.operation) || matches(fault.on, target.path)
}

const matches = (glob: string, text: string): boolean => {
  const pattern = glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*")
  return new RegExp(`^${pattern}$`).test(text)
}
