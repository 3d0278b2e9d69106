import type { Pack } from "@klingkit/core"
import type { EmulatedTask } from "./task.ts"

/** One deduction. It moves when a task ends, as on the live API (measured). */
export interface LedgerCharge {
  /** The task; for calls that make none, the session. */
  readonly taskId: string
  readonly externalTaskId: string
  readonly operation: string
  readonly units: number
  readonly usd: number
  /** Milliseconds since 1970, on the emulator's clock. */
  readonly at: number
}

/** A charge and the pack that paid. */
export interface Booking {
  readonly charge: LedgerCharge
  readonly pack: Pack
}

export const bookingOf = (task: EmulatedTask): Booking => ({
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
