import { parseJson } from "@klingkit/core"
import { Result } from "effect"
import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import { legacyCreated } from "../answers/legacy.ts"
import { newCreated } from "../answers/new.ts"
import type { Struck } from "../faults/fault-injector.ts"
import type { WorldState } from "../world/world-state.ts"
import { accountCosts } from "./account.ts"
import { createTask } from "./create.ts"
import { readInput, readQuery } from "./read-input.ts"
import { listLegacyTasks, listTasks, readLegacyTask, readTasksByIds } from "./read-tasks.ts"
import type { KlingRequest } from "./request.ts"
import type { Route } from "./route-table.ts"

interface Asked {
  readonly world: WorldState
  readonly route: Route
  readonly query: URLSearchParams
  readonly body: unknown
  readonly struck: Struck
  readonly now: number
}

/** Operations that do something of their own; every other create makes a task. Each gives `data`, or a refusal. */
const byOperation: Readonly<Record<string, (asked: Asked) => unknown>> = {
  "new.tasks.get": ({ world, route, query, now }) => readTasksByIds(world, route, query, now),
  "new.tasks.list": ({ world, route, body, now }) => listTasks(world, route, body, now),
  "solutions.get": ({ world, route, query, now }) => readTasksByIds(world, route, query, now),
  "solutions.list": ({ world, route, body, now }) => listTasks(world, route, body, now),
  "account.costs": ({ world, route, query, now }) => {
    const input = readInput(route.operation, readQuery(route.operation.params, query))
    return isRefusal(input) ? input : accountCosts(world, query, now)
  }
}

/** The `data` of an answer, or a refusal. */
export const answerOperation = (world: WorldState, route: Route, request: KlingRequest, struck: Struck, now: number): unknown => {
  if (route.part === "get") return readLegacyTask(world, route, now)
  if (route.part === "list") return listLegacyTasks(world, route, request.query, now)
  const body = request.method === "GET" ? undefined : readJson(request.body)
  if (isRefusal(body)) return body
  const asked: Asked = { world, route, query: request.query, body, struck, now }
  return (byOperation[route.operation.id] ?? create)(asked)
}

const create = ({ world, route, body, struck, now }: Asked): unknown => {
  const late = struck.find("late-commit")
  if (late !== undefined) {
    world.later(now + late.seconds * 1000, (at) => createTask(world, route.operation, body, struck, at))
    return undefined
  }
  const task = createTask(world, route.operation, body, struck, now)
  if (isRefusal(task)) return task
  return route.operation.generation === "legacy" ? legacyCreated(task) : newCreated(task)
}

const readJson = (text: string): unknown | Refusal => {
  const parsed = Result.try(() => parseJson(text === "" ? "{}" : text))
  return Result.isFailure(parsed) ? refusal(1200, "The request body is not valid JSON") : parsed.success
}
