import type { AnyOperation, Pack } from "@klingkit/core"
import type { Output } from "../outputs/output.ts"

export type EmulatedStatus = "submitted" | "processing" | "succeed" | "failed"

/** A task in the emulator. Its whole life is settled when it is made; the clock only uncovers it. Times are ms since 1970. */
export interface EmulatedTask {
  readonly id: string
  /** Empty when the caller gave none. */
  readonly externalId: string
  readonly operation: AnyOperation
  /** Kling's name of the model; empty for families without one. */
  readonly model: string
  readonly input: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly processingAt: number
  readonly endsAt: number
  /** Look-ups do not find it before this time. */
  readonly visibleAt: number
  /** Why it will fail; absent when it will succeed. */
  readonly failure?: string
  readonly outputs: ReadonlyArray<Output>
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
