import { legacyCallback } from "../answers/legacy.ts"
import { newCallback } from "../answers/new.ts"
import type { EmulatedTask } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"

/** One pending callback. */
export interface Callback {
  /** Identical when one event is sent twice. */
  readonly id: string
  readonly url: string
  readonly body: unknown
  readonly at: number
  /** The signing secret; nothing for unsigned callbacks. */
  readonly secret: string | undefined
}

/** Kling sends a callback at every status change (Kling docs, callbacks), with the task as it is at that time. */
export const planCallbacks = (world: WorldState, task: EmulatedTask): void => {
  const { callbackUrl } = task
  if (callbackUrl === undefined) return
  for (const at of new Set([task.createdAt, task.processingAt, task.endsAt])) {
    const faults = world.faults.inject({ scope: "callbacks", operation: task.operation.id, path: task.operation.path })
    if (faults.find("callback-lost") !== undefined) continue
    const callback: Callback = {
      id: world.requestIds.long(),
      url: callbackUrl,
      body: task.operation.generation === "legacy" ? legacyCallback(world, task, at) : newCallback(world, task, at),
      at,
      secret: secretFor(world, task, faults.find("callback-forged") !== undefined)
    }
    const sendAt = at + (faults.find("callback-late")?.seconds ?? 0) * 1000
    const copies = faults.find("callback-twice") === undefined ? 1 : 2
    world.scheduler.add(sendAt, () => {
      for (let copy = 0; copy < copies; copy++) world.outbox.push(callback)
    })
  }
}

const secretFor = (world: WorldState, task: EmulatedTask, forged: boolean): string | undefined => {
  if (task.operation.generation === "legacy" && !world.switches.signLegacyCallbacks) return undefined
  return forged ? "whsec_Zm9yZ2VkIGJ5IHRoZSBlbXVsYXRvciBmb3IgYSB0ZXN0" : world.keys.webhookSecret
}
