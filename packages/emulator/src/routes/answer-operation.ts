import { parseJson } from "@klingkit/core/internal"
import { Result } from "effect"
import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyCreated } from "../answers/legacy.ts"
import { newCreated } from "../answers/new.ts"
import { operationHandlers } from "../families/operation-handlers.ts"
import type { AppliedFaults } from "../faults/fault-injector.ts"
import type { WorldState } from "../world/world-state.ts"
import type { OperationHandler, OperationRequest } from "./operation-handler.ts"
import { createTask } from "./create.ts"
import { listLegacyTasks, readLegacyTask } from "./read-tasks.ts"
import type { KlingRequest } from "./request.ts"
import type { Route } from "./route-table.ts"

/** The `data` of the response, or a refusal. */
export const answerOperation = (
  world: WorldState,
  route: Route,
  request: KlingRequest,
  faults: AppliedFaults,
  now: number
): unknown => {
  const body = request.method === "GET" ? undefined : readJson(request.body)
  if (isRefusal(body)) return body
  const operationRequest: OperationRequest = { world, route, query: request.query, body, faults, now }
  const late = faults.find("late-commit")
  if (late === undefined) return handlerOf(route)(operationRequest)
  world.scheduler.add(now + late.seconds * 1000, (at) => handlerOf(route)({ ...operationRequest, now: at }))
  return undefined
}

const handlerOf = ({ operation, part }: Route): OperationHandler => {
  if (part === "get") return readLegacyTask
  if (part === "list") return listLegacyTasks
  return operationHandlers[operation.id] ?? create
}

const create: OperationHandler = ({ world, route: { operation }, body, faults, now }) => {
  const task = createTask(world, { operation, body, faults, now })
  if (isRefusal(task)) return task
  return operation.generation === "legacy" ? legacyCreated(task) : newCreated(task)
}

const readJson = (text: string): unknown => {
  const parsed = Result.try(() => parseJson(text === "" ? "{}" : text))
  return Result.isFailure(parsed) ? refusal(1200, "The request body is not valid JSON") : parsed.success
}
