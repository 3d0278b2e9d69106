import type { AnyOperation, Pack } from "@klingkit/core"
import type { Output } from "../outputs/output.ts"

export type EmulatedStatus = "submitted" | "processing" | "succeed" | "failed"

/** The source video of a task: `task_info.parent_video`. */
export interface ParentVideo {
  readonly id: string
  readonly url: string
  readonly durationSeconds: number
}

/** A task in the emulator. Its course is fixed at creation; the clock only reveals it. Times are ms since 1970. */
export interface EmulatedTask {
  readonly id: string
  /** Empty when the request has none. */
  readonly externalId: string
  readonly operation: AnyOperation
  /** Kling's name for the model; empty for families without one. */
  readonly model: string
  readonly createdAt: number
  readonly processingAt: number
  readonly endsAt: number
  /** Lookups do not find it before this time. */
  readonly visibleAt: number
  /** Lookups by its external id do not find it before this time. */
  readonly foundByExternalIdAt: number
  /** Why it will fail; absent when it will succeed. */
  readonly failure?: string
  /** A failed task is not charged, unless a switch says so. */
  readonly chargedWhenFailed: boolean
  readonly outputs: ReadonlyArray<Output>
  readonly parentVideo?: ParentVideo
  readonly pack: Pack
  readonly units: number
  readonly usd: number
  readonly slots: number
  /** The slots that it occupies until it ends: counted per pack and model version. */
  readonly slotKey: string
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

/** The time of the last status change. */
export const updatedAt = (task: EmulatedTask, now: number): number =>
  now >= task.endsAt ? task.endsAt : now >= task.processingAt ? task.processingAt : task.createdAt

/** Whether its units were deducted: when it ends, not when it is created (measured). */
export const isCharged = (task: EmulatedTask, now: number): boolean =>
  task.operation.billed && now >= task.endsAt && (task.failure === undefined || task.chargedWhenFailed)
