import type { AnyOperation } from "@klingkit/core"
import { Predicate } from "effect"
import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import { planCallbacks } from "../callbacks/callback.ts"
import type { AppliedFaults } from "../faults/fault-injector.ts"
import { planOutputs } from "../outputs/plan-outputs.ts"
import { type Input, promptOf, type Settings, withDefaults } from "../outputs/settings.ts"
import { sourceAudioSeconds, sourceVideo } from "../outputs/source-media.ts"
import { type Cost, costOf } from "../world/cost.ts"
import { roundUnits } from "../world/packs.ts"
import type { EmulatedTask } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import { readInput, valueAt } from "./read-input.ts"

export interface CreateRequest {
  readonly operation: AnyOperation
  readonly body: unknown
  readonly faults: AppliedFaults
  readonly now: number
}

/** Creates a task from a body, or returns a refusal. A rejected create costs nothing and creates nothing (measured). */
export const createTask = (world: WorldState, request: CreateRequest): EmulatedTask | Refusal => {
  const { operation, body, faults, now } = request
  const input = readInput(world, operation, body)
  if (isRefusal(input)) return input
  const sentId = operation.externalId === undefined ? "" : (valueAt(body, operation.externalId) ?? "")
  if (!Predicate.isString(sentId)) return refusal(1201, `${operation.externalId} must be a string`)
  const { externalIds } = world.switches
  if (sentId !== "" && (externalIds === "refuse" || faults.find("external-id-refused") !== undefined)) {
    return refusal(1201, `${operation.externalId} is not supported by this model`)
  }
  const isIgnored = externalIds === "ignore" || faults.find("external-id-ignored") !== undefined
  const externalId = isIgnored ? "" : sentId
  const settings = settingsOf(world, operation, input, now)
  const cost = costOf(settings)
  const refused = refuseDuplicate(world, request, externalId) ?? refuseInput(settings) ?? refuseByPack(world, cost)
  if (refused !== undefined) {
    if (externalId !== "" && world.switches.refusalUsesUpId) world.tasks.markUsed(externalId)
    return refused
  }
  const task = makeTask(world, request, { externalId, settings, cost })
  world.tasks.add(task)
  planCallbacks(world, task)
  return task
}

const settingsOf = (world: WorldState, operation: AnyOperation, input: Input, now: number): Settings => {
  const effective = withDefaults(operation, input)
  const { model } = effective
  return {
    operation,
    input,
    effective,
    model: Predicate.isString(model) ? model : operation.models.length === 1 ? (operation.models[0] ?? "") : "",
    parentVideo: sourceVideo(world, input, now),
    sourceAudioSeconds: sourceAudioSeconds(world, input, now)
  }
}

/** One id space for the whole account: both generations, all products (measured once each). */
const refuseDuplicate = (world: WorldState, { faults }: CreateRequest, externalId: string): Refusal | undefined =>
  externalId !== "" &&
  world.switches.uniqueness === "enforce" &&
  faults.find("uniqueness-off") === undefined &&
  world.tasks.isUsed(externalId)
    ? refusal(1201, `External_task_id ${externalId} already exists`)
    : undefined

const refuseInput = (settings: Settings): Refusal | undefined => {
  const { sessionId } = settings.input
  if (Predicate.isString(sessionId) && settings.parentVideo === undefined) {
    return refusal(1201, `session_id ${sessionId} not found`)
  }
  return promptOf(settings).includes("[refuse]")
    ? refusal(1301, "The input was rejected by content safety: the prompt contains [refuse]")
    : undefined
}

/** Units of running tasks are reserved, so that no pack is ever overdrawn. */
const refuseByPack = (world: WorldState, { pack, units, slots, slotKey }: Cost): Refusal | undefined => {
  const { remaining, concurrency } = world.packs[pack]
  let reserved = units
  for (const task of world.tasks.running) if (task.pack === pack) reserved += task.units
  if (units > 0 && roundUnits(remaining - reserved) < 0) return refusal(1102, "Account balance not enough")
  return world.tasks.usedSlots(slotKey) + slots > concurrency
    ? refusal(1303, "parallel task over resource pack limit")
    : undefined
}

interface Accepted {
  readonly externalId: string
  readonly settings: Settings
  readonly cost: Cost
}

const makeTask = (
  world: WorldState,
  { faults, now }: CreateRequest,
  { externalId, settings, cost }: Accepted
): EmulatedTask => {
  const { ids, speed, seed, switches } = world
  const { operation, input, model, parentVideo } = settings
  const id = ids.long()
  // 20 % jitter, so that no two tasks end at the same time, as on the live API. Calls are synchronous.
  const durationMs = (operation.expectedSeconds(input) * 1000 * (0.8 + 0.4 * ids.chance())) / speed
  const endsAfterMs = operation.kind === "call" ? 0 : Math.max(2, Math.round(durationMs))
  const endsAt = faults.find("never-ends") === undefined ? now + endsAfterMs : Infinity
  const fail = faults.find("fail")
  const fails = fail !== undefined || promptOf(settings).includes("[fail]")
  const hiddenSeconds = Math.max(switches.visibilityDelaySeconds, faults.find("late-visibility")?.seconds ?? 0)
  const { callbackUrl } = input
  return {
    id,
    externalId,
    operation,
    model,
    createdAt: now,
    processingAt: now + Math.round(endsAfterMs / 10),
    endsAt,
    visibleAt: now + hiddenSeconds * 1000,
    foundByExternalIdAt: now + switches.externalIdDelaySeconds * 1000,
    ...(fails ? { failure: fail?.message ?? "Generation failed, as requested from the emulator" } : {}),
    chargedWhenFailed: switches.chargeFailedTasks,
    outputs: planOutputs(id, settings, ids, seed),
    ...(parentVideo === undefined ? {} : { parentVideo }),
    ...cost,
    watermark: input["watermark"] === true,
    ...(Predicate.isString(callbackUrl) ? { callbackUrl } : {})
  }
}
