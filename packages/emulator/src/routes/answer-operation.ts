import { parseJson } from "@klingkit/core"
import { Result } from "effect"
import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyCreated } from "../answers/legacy.ts"
import { newCreated } from "../answers/new.ts"
import { byOperation } from "../families/by-operation.ts"
import type { Struck } from "../faults/fault-injector.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Answerer, Asked } from "./asked.ts"
import { createTask } from "./create.ts"
import { listLegacyTasks, readLegacyTask } from "./read-tasks.ts"
import type { KlingRequest } from "./request.ts"
import type { Route } from "./route-table.ts"

/** The `data` of an answer, or a refusal. */
export const answerOperation = (
  world: WorldState,
  route: Route,
  request: KlingRequest,
  struck: Struck,
  now: number
): unknown => {
  const body = request.method === "GET" ? undefined : readJson(request.body)
  if (isRefusal(body)) return body
  const asked: Asked = { world, route, query: request.query, body, struck, now }
  const late = struck.find("late-commit")
  if (late === undefined) return answererOf(route)(asked)
  world.agenda.add(now + late.seconds * 1000, (at) => answererOf(route)({ ...asked, now: at }))
  return undefined
}

const answererOf = ({ operation, part }: Route): Answerer => {
  if (part === "get") return readLegacyTask
  if (part === "list") return listLegacyTasks
  return byOperation[operation.id] ?? create
}

const create: Answerer = ({ world, route: { operation }, body, struck, now }) => {
  const task = createTask(world, { operation, body, struck, now })
  if (isRefusal(task)) return task
  return operation.generation === "legacy" ? legacyCreated(task) : newCreated(task)
}

const readJson = (text: string): unknown => {
  const parsed = Result.try(() => parseJson(text === "" ? "{}" : text))
  return Result.isFailure(parsed) ? refusal(1200, "The request body is not valid JSON") : parsed.success
}
