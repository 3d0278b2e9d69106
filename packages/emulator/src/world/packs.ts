import type { Pack } from "@klingkit/core"
import type { FaultPlan } from "../faults/fault-plan.ts"

interface PackState {
  readonly id: string
  readonly total: number
  remaining: number
  concurrency: number
}

/** The account's resource packs. The units of a pack pay for one product only. */
export type Packs = Record<Pack, PackState>

const size: Readonly<Record<Pack, { readonly units: number; readonly concurrency: number }>> = {
  video: { units: 10_000, concurrency: 5 },
  image: { units: 100_000, concurrency: 9 },
  "try-on": { units: 10_000, concurrency: 5 }
}

export const makePacks = (hex: (digits: number) => string): Packs => {
  const pack = (name: Pack): PackState => ({
    id: hex(32),
    total: size[name].units,
    remaining: size[name].units,
    concurrency: size[name].concurrency
  })
  return { video: pack("video"), image: pack("image"), "try-on": pack("try-on") }
}

/** Sets the remaining units and the concurrency limits. */
export const setPacks = (packs: Packs, sizes: NonNullable<FaultPlan["packs"]>): void => {
  for (const name of Object.keys(packs) as Array<Pack>) {
    const { units, concurrency } = sizes[name] ?? {}
    if (units !== undefined) packs[name].remaining = units
    if (concurrency !== undefined) packs[name].concurrency = concurrency
  }
}

// Units have at most three decimals; rounding removes floating-point drift.
export const roundUnits = (units: number): number => Math.round(units * 1e6) / 1e6
