import type { EmulatedTask } from "./task.ts"

/** One deduction. It moves when a task ends, as on the live API (measured). */
export interface LedgerCharge {
  readonly taskId: string
  readonly externalTaskId: string
  readonly operation: string
  readonly units: number
  readonly usd: number
  /** Milliseconds since 1970, on the emulator's clock. */
  readonly at: number
}

export const chargeFor = (task: EmulatedTask): LedgerCharge => ({
  taskId: task.id,
  externalTaskId: task.externalId,
  operation: task.operation.id,
  units: task.units,
  usd: task.usd,
  at: task.endsAt
})
