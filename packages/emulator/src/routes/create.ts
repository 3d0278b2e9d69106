import { type AnyOperation, findVideoModel, type Pack, unitUsd } from "@klingkit/core"
import { Predicate } from "effect"
import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import type { Struck } from "../faults/fault-injector.ts"
import { outputKind } from "../outputs/family-outputs.ts"
import { imageCount, planOutputs } from "../outputs/plan-outputs.ts"
import { roundUnits } from "../world/packs.ts"
import type { EmulatedTask } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import { type Input, readInput, valueAt } from "./read-input.ts"

/** Makes a task out of a body, or says why not. A refused create costs nothing and makes nothing (measured). */
export const createTask = (
  world: WorldState,
  operation: AnyOperation,
  body: unknown,
  struck: Struck,
  now: number
): EmulatedTask | Refusal => {
  const input = readInput(operation, body)
  if (isRefusal(input)) return input
  const externalId = operation.externalId === undefined ? "" : valueAt(body, operation.externalId)
  if (externalId !== undefined && !Predicate.isString(externalId)) {
    return refusal(1201, `${operation.externalId} must be text`)
  }
  const request: CreateRequest = { operation, input, externalId: externalId ?? "", struck, now }
  const refused = refuseCreate(world, request)
  if (refused !== undefined) return refused
  const task = makeTask(world, request)
  world.tasks.add(task)
  return task
}

interface CreateRequest {
  readonly operation: AnyOperation
  readonly input: Input
  readonly externalId: string
  readonly struck: Struck
  readonly now: number
}

const refuseCreate = (world: WorldState, request: CreateRequest): Refusal | undefined => {
  const { operation, input, externalId, struck } = request
  const isUnique = world.switches.uniqueness === "enforce" && struck.find("uniqueness-off") === undefined
  if (isUnique && externalId !== "" && world.tasks.isUsed(externalId)) {
    return refusal(1201, `External_task_id ${externalId} already exists`)
  }
  const refused = says(input, "[refuse]")
    ? refusal(1301, "The input was refused by content safety: the prompt asks the emulator to refuse it")
    : refuseByPack(world, operation, input)
  if (refused !== undefined && externalId !== "" && world.switches.refusalUsesUpId) world.tasks.useUp(externalId)
  return refused
}

const refuseByPack = (world: WorldState, operation: AnyOperation, input: Input): Refusal | undefined => {
  const { pack, units, slots, slotsOf } = costOf(operation, input)
  const { remaining, concurrency } = world.packs[pack]
  let spoken = 0
  for (const task of world.tasks.running) if (task.pack === pack) spoken += task.units
  if (remaining <= 0 || roundUnits(remaining - spoken - units) < 0) return refusal(1102, "Account balance not enough")
  return world.tasks.slotsTaken(slotsOf) + slots > concurrency
    ? refusal(1303, "parallel task over resource pack limit")
    : undefined
}

const makeTask = (world: WorldState, request: CreateRequest): EmulatedTask => {
  const { operation, input, externalId, struck, now } = request
  const { ids, speed, switches } = world
  const id = ids.long()
  const model = modelOf(operation, input)
  // A fifth more or less: no two tasks end at the same time, as on the real thing.
  const lastsMs = (operation.usualSeconds(input) * 1000 * (0.8 + 0.4 * ids.chance())) / speed
  const failure =
    struck.find("fail")?.message ??
    (struck.find("fail") !== undefined || says(input, "[fail]") ? "Generation failed, as asked for" : undefined)
  const hiddenSeconds = Math.max(switches.visibilityDelaySeconds, struck.find("late-visibility")?.seconds ?? 0)
  const callbackUrl = input["callbackUrl"]
  return {
    id,
    externalId,
    operation,
    model,
    input,
    createdAt: now,
    processingAt: now + Math.round(lastsMs / 10),
    endsAt: now + Math.round(lastsMs),
    visibleAt: now + hiddenSeconds * 1000,
    ...(failure === undefined ? {} : { failure }),
    outputs: planOutputs({ taskId: id, operation, model, input, ids, seed: world.seed }),
    ...costOf(operation, input),
    watermark: input["watermark"] === true,
    ...(Predicate.isString(callbackUrl) ? { callbackUrl } : {})
  }
}

const costOf = (operation: AnyOperation, input: Input) => {
  const quote = operation.price(input)
  const isImage = outputKind(operation) === "image"
  const pack: Pack = quote.pack ?? (isImage ? "image" : "video")
  const units = quote.units ?? 0
  const model = modelOf(operation, input)
  return {
    pack,
    units,
    usd: quote.priceUsd ?? roundUnits(units * unitUsd[pack]),
    // An image task holds one place per picture (Kling docs, concurrency rules).
    slots: pack === "image" ? imageCount(input) : 1,
    slotsOf: `${pack} ${findVideoModel(model)?.id ?? (model || operation.family)}`
  }
}

const modelOf = (operation: AnyOperation, input: Input): string => {
  const model = input["model"]
  return Predicate.isString(model) ? model : operation.models.length === 1 ? (operation.models[0] ?? "") : ""
}

// Long texts are pictures in base64, not prompts.
const says = (input: Input, word: string): boolean =>
  Object.values(input).some((value) => Predicate.isString(value) && value.length < 100_000 && value.includes(word))
