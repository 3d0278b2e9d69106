import { legacyCallback } from "../answers/legacy.ts"
import { newCallback } from "../answers/new.ts"
import type { EmulatedTask } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"

/** One call that Kling owes to a caller. */
export interface Callback {
  /** The same when one event is sent twice. */
  readonly id: string
  readonly url: string
  readonly body: unknown
  readonly at: number
  /** What signs it; nothing where callbacks go unsigned. */
  readonly secret: string | undefined
}

/** Kling calls at every status change (Kling docs, callbacks): what is sent is the task as it is at that time. */
export const planCallbacks = (world: WorldState, task: EmulatedTask): void => {
  const { callbackUrl } = task
  if (callbackUrl === undefined) return
  for (const at of new Set([task.createdAt, task.processingAt, task.endsAt])) {
    const struck = world.faults.strike({ reach: "callbacks", operation: task.operation.id, path: task.operation.path })
    if (struck.find("callback-lost") !== undefined) continue
    const callback: Callback = {
      id: world.requestIds.long(),
      url: callbackUrl,
      body: task.operation.generation === "legacy" ? legacyCallback(world, task, at) : newCallback(world, task, at),
      at,
      secret: secretFor(world, task, struck.find("callback-forged") !== undefined)
    }
    const sendAt = at + (struck.find("callback-late")?.seconds ?? 0) * 1000
    const times = struck.find("callback-twice") === undefined ? 1 : 2
    world.agenda.add(sendAt, () => {
      for (let time = 0; time < times; time++) world.outbox.push(callback)
    })
  }
}

const secretFor = (world: WorldState, task: EmulatedTask, forged: boolean): string | undefined => {
  if (task.operation.generation === "legacy" && !world.switches.signLegacyCallbacks) return undefined
  return forged ? "whsec_Zm9yZ2VkIGJ5IHRoZSBlbXVsYXRvciBmb3IgYSB0ZXN0" : world.keys.webhookSecret
}
