import type { Pack } from "@klingkit/core"
import type { EmulatedTask } from "./task.ts"

/** One deduction. It is made when a task ends, as on the live API (measured). */
export interface LedgerCharge {
  /** The task; for calls without one, the session. */
  readonly taskId: string
  readonly externalTaskId: string
  readonly operation: string
  readonly units: number
  readonly usd: number
  /** Milliseconds since 1970, on the emulator's clock. */
  readonly at: number
}

/** A charge and the pack it was deducted from. */
export interface PackCharge {
  readonly charge: LedgerCharge
  readonly pack: Pack
}

export const chargeOf = (task: EmulatedTask): PackCharge => ({
  charge: {
    taskId: task.id,
    externalTaskId: task.externalId,
    operation: task.operation.id,
    units: task.units,
    usd: task.usd,
    at: task.endsAt
  },
  pack: task.pack
})
