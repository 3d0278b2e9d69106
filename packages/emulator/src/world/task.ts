import type { AnyOperation, Pack } from "@klingkit/core"
import type { Output } from "../outputs/output.ts"

export type EmulatedStatus = "submitted" | "processing" | "succeed" | "failed"

/** The clip that a task was made from, as `task_info.parent_video` names it. */
export interface ParentVideo {
  readonly id: string
  readonly url: string
  readonly durationSeconds: number
}

/** A task in the emulator. Its whole life is settled when it is made; the clock only uncovers it. Times are ms since 1970. */
export interface EmulatedTask {
  readonly id: string
  /** Empty when the caller gave none. */
  readonly externalId: string
  readonly operation: AnyOperation
  /** Kling's name of the model; empty for families without one. */
  readonly model: string
  readonly createdAt: number
  readonly processingAt: number
  readonly endsAt: number
  /** Look-ups do not find it before this time. */
  readonly visibleAt: number
  /** Why it will fail; absent when it will succeed. */
  readonly failure?: string
  /** A failed task costs nothing, unless a switch says so. */
  readonly costsWhenFailed: boolean
  readonly outputs: ReadonlyArray<Output>
  readonly parentVideo?: ParentVideo
  readonly pack: Pack
  readonly units: number
  readonly usd: number
  readonly slots: number
  /** Whose slots it holds until it ends: the account's, by pack and model version. */
  readonly slotsOf: string
  readonly watermark: boolean
  readonly callbackUrl?: string
}

export const statusAt = (task: EmulatedTask, now: number): EmulatedStatus =>
  now >= task.endsAt
    ? task.failure === undefined
      ? "succeed"
      : "failed"
    : now >= task.processingAt
      ? "processing"
      : "submitted"

/** When it last changed its status. */
export const updatedAt = (task: EmulatedTask, now: number): number =>
  now >= task.endsAt ? task.endsAt : now >= task.processingAt ? task.processingAt : task.createdAt

/** Have its units moved? They move when it ends, not when it is made (measured). */
export const isCharged = (task: EmulatedTask, now: number): boolean =>
  task.operation.billed && now >= task.endsAt && (task.failure === undefined || task.costsWhenFailed)
