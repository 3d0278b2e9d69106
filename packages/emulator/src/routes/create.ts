import type { AnyOperation } from "@klingkit/core"
import { Predicate } from "effect"
import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import { planCallbacks } from "../callbacks/callback.ts"
import type { Struck } from "../faults/fault-injector.ts"
import { planOutputs } from "../outputs/plan-outputs.ts"
import { type Input, promptOf, type Settings, withDefaults } from "../outputs/settings.ts"
import { soundSeconds, sourceClip } from "../outputs/source-clip.ts"
import { type Cost, costOf } from "../world/cost.ts"
import { roundUnits } from "../world/packs.ts"
import type { EmulatedTask } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import { readInput, valueAt } from "./read-input.ts"

export interface CreateRequest {
  readonly operation: AnyOperation
  readonly body: unknown
  readonly struck: Struck
  readonly now: number
}

/** Makes a task out of a body, or says why not. A refused create costs nothing and makes nothing (measured). */
export const createTask = (world: WorldState, request: CreateRequest): EmulatedTask | Refusal => {
  const { operation, body, now } = request
  const input = readInput(world, operation, body)
  if (isRefusal(input)) return input
  const externalId = operation.externalId === undefined ? "" : (valueAt(body, operation.externalId) ?? "")
  if (!Predicate.isString(externalId)) return refusal(1201, `${operation.externalId} must be text`)
  const settings = settingsOf(world, operation, input, now)
  const cost = costOf(settings)
  const refused = refuseRepeat(world, request, externalId) ?? refuseInput(settings) ?? refuseByPack(world, cost)
  if (refused !== undefined) {
    if (externalId !== "" && world.switches.refusalUsesUpId) world.tasks.useUp(externalId)
    return refused
  }
  const task = makeTask(world, request, { externalId, settings, cost })
  world.tasks.add(task)
  planCallbacks(world, task)
  return task
}

const settingsOf = (world: WorldState, operation: AnyOperation, input: Input, now: number): Settings => {
  const assumed = withDefaults(operation, input)
  const { model } = assumed
  return {
    operation,
    input,
    assumed,
    model: Predicate.isString(model) ? model : operation.models.length === 1 ? (operation.models[0] ?? "") : "",
    parentVideo: sourceClip(world, input, now),
    soundSeconds: soundSeconds(world, input, now)
  }
}

/** One id space for the whole account: both generations, all products (measured once each). */
const refuseRepeat = (world: WorldState, { struck }: CreateRequest, externalId: string): Refusal | undefined =>
  externalId !== "" &&
  world.switches.uniqueness === "enforce" &&
  struck.find("uniqueness-off") === undefined &&
  world.tasks.isUsed(externalId)
    ? refusal(1201, `External_task_id ${externalId} already exists`)
    : undefined

const refuseInput = (settings: Settings): Refusal | undefined => {
  const { sessionId } = settings.input
  if (Predicate.isString(sessionId) && settings.parentVideo === undefined) {
    return refusal(1201, `session_id ${sessionId} not found`)
  }
  return promptOf(settings).includes("[refuse]")
    ? refusal(1301, "The input was refused by content safety: the prompt asks the emulator for it")
    : undefined
}

/** Units of running tasks are spoken for, so that no pack is ever overdrawn. */
const refuseByPack = (world: WorldState, { pack, units, slots, slotsOf }: Cost): Refusal | undefined => {
  const { remaining, concurrency } = world.packs[pack]
  let spokenFor = units
  for (const task of world.tasks.running) if (task.pack === pack) spokenFor += task.units
  if (units > 0 && roundUnits(remaining - spokenFor) < 0) return refusal(1102, "Account balance not enough")
  return world.tasks.slotsTaken(slotsOf) + slots > concurrency
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
  { struck, now }: CreateRequest,
  { externalId, settings, cost }: Accepted
): EmulatedTask => {
  const { ids, speed, seed, switches } = world
  const { operation, input, model, parentVideo } = settings
  const id = ids.long()
  // A fifth more or less: no two tasks end at the same time, as on the real thing. Calls are over at once.
  const lastsMs = (operation.usualSeconds(input) * 1000 * (0.8 + 0.4 * ids.chance())) / speed
  const endsAfterMs = operation.kind === "call" ? 0 : Math.max(2, Math.round(lastsMs))
  const fail = struck.find("fail")
  const fails = fail !== undefined || promptOf(settings).includes("[fail]")
  const hiddenSeconds = Math.max(switches.visibilityDelaySeconds, struck.find("late-visibility")?.seconds ?? 0)
  const { callbackUrl } = input
  return {
    id,
    externalId,
    operation,
    model,
    createdAt: now,
    processingAt: now + Math.round(endsAfterMs / 10),
    endsAt: now + endsAfterMs,
    visibleAt: now + hiddenSeconds * 1000,
    ...(fails ? { failure: fail?.message ?? "Generation failed, as the emulator was asked for" } : {}),
    costsWhenFailed: switches.chargeFailedTasks,
    outputs: planOutputs(id, settings, ids, seed),
    ...(parentVideo === undefined ? {} : { parentVideo }),
    ...cost,
    watermark: input["watermark"] === true,
    ...(Predicate.isString(callbackUrl) ? { callbackUrl } : {})
  }
}
