import { Predicate } from "effect"
import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyTask } from "../answers/legacy.ts"
import { newTask } from "../answers/new.ts"
import { type EmulatedTask, statusAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import type { OperationHandler } from "./operation-handler.ts"
import { page } from "./page.ts"
import { readListBody, readQuery } from "./read-input.ts"
import type { Route } from "./route-table.ts"

const dayMs = 86_400_000
const isVisible = (task: EmulatedTask, now: number): boolean => task.visibleAt <= now

const byExternalId = (world: WorldState, id: string, now: number): ReadonlyArray<EmulatedTask> =>
  world.tasks.byExternalId(id).filter((task) => task.foundByExternalIdAt <= now)

/** `GET <create path>/{id}`: the id may be Kling's or the caller's own. */
export const readLegacyTask: OperationHandler = ({ world, route: { operation, id = "" }, now }) => {
  const candidates = [world.tasks.byId(id), ...byExternalId(world, id, now)]
  const task = candidates.find(
    (candidate) => candidate !== undefined && candidate.operation === operation && isVisible(candidate, now)
  )
  return task === undefined ? refusal(1201, `Task not found by id/external id: ${id}`) : legacyTask(world, task, now)
}

/** `GET <create path>?pageNum&pageSize`, newest first. */
export const listLegacyTasks: OperationHandler = ({ world, route: { operation }, query, now }) => {
  const range = page(query, operation.family === "voice" ? 1000 : 500)
  if (isRefusal(range)) return range
  const found = take(listed(world, now), range.from + range.size, (task) => task.operation === operation)
  return found.slice(range.from).map((task) => legacyTask(world, task, now))
}

/** `GET /tasks` and `GET /solutions`: unknown ids are missing from the array. */
export const readTasksByIds: OperationHandler = ({ world, route, query, now }) => {
  const ids = idsIn(query, "task_ids")
  const externalIds = idsIn(query, "external_task_ids")
  if (ids.length + externalIds.length > 20) {
    return refusal(1201, "task_ids and external_task_ids cannot exceed 20 in total")
  }
  const input = readQuery(world, route.operation, query)
  if (isRefusal(input)) return input
  const found = [...ids.map((id) => world.tasks.byId(id)), ...externalIds.flatMap((id) => byExternalId(world, id, now))]
  return found
    .filter((task) => task !== undefined)
    .filter((task) => isVisible(task, now) && belongsHere(task, route))
    .map((task) => newTask(world, task, now))
}

const idsIn = (query: URLSearchParams, name: string): ReadonlyArray<string> =>
  (query.get(name) ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "")

/** `POST /tasks` and `POST /solutions`, newest first; a cursor overrides every other parameter. */
export const listTasks: OperationHandler = ({ world, route, body, now }) => {
  const { params } = route.operation
  const request = readListBody(world, route.operation, body)
  if (isRefusal(request)) return request
  const cursor = request["cursor"]
  const input = Predicate.isString(cursor) ? readCursor(cursor) : request
  if (input === undefined) return refusal(1201, "cursor is not valid for this list")
  const end = numberOr(input["endTime"], now)
  const start = numberOr(input["startTime"], end - 30 * dayMs)
  const limit = numberOr(input["limit"], numberOr(params["limit"]?.default, 100))
  const after = input["after"]
  const matches = (task: EmulatedTask) =>
    // Ids increase with time and have the same length, so they sort by age.
    !(Predicate.isString(after) && task.id >= after) &&
    task.createdAt >= start &&
    task.createdAt <= end &&
    belongsHere(task, route) &&
    (world.switches.legacyTasksInNewList || task.operation.generation !== "legacy") &&
    passes(task, input["filters"], now)
  const found = take(listed(world, now), limit + 1, matches)
  const tasks = found.slice(0, limit)
  const hasMore = found.length > limit
  const nextPage = { startTime: start, endTime: end, limit, filters: input["filters"], after: tasks.at(-1)?.id }
  return {
    result: tasks.map((task) => newTask(world, task, now)),
    count: tasks.length,
    next_cursor: hasMore ? btoa(JSON.stringify(nextPage)) : "",
    has_more: hasMore
  }
}

type Json = Readonly<Record<string, unknown>>

const numberOr = (value: unknown, fallback: number): number => (Predicate.isNumber(value) ? value : fallback)

const readCursor = (cursor: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(atob(cursor))
    return Predicate.isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Solutions have their own list and read. */
const belongsHere = (task: EmulatedTask, { operation }: Route): boolean =>
  task.operation.path.startsWith("/solutions/") === (operation.path === "/solutions")

/** Newest first, without tasks that lists do not show yet. */
function* listed(world: WorldState, now: number): Generator<EmulatedTask> {
  const lag = world.switches.listDelaySeconds * 1000
  for (const task of world.tasks.newestFirst()) if (isVisible(task, now) && task.createdAt + lag <= now) yield task
}

const take = (
  tasks: Iterable<EmulatedTask>,
  count: number,
  matches: (task: EmulatedTask) => boolean
): ReadonlyArray<EmulatedTask> => {
  const matching: Array<EmulatedTask> = []
  for (const task of tasks) {
    if (matching.length >= count) break
    if (matches(task)) matching.push(task)
  }
  return matching
}

const passes = (task: EmulatedTask, filters: unknown, now: number): boolean => {
  if (!Array.isArray(filters)) return true
  const status = statusAt(task, now)
  const fields: Readonly<Record<string, string>> = {
    status: status === "succeed" ? "succeeded" : status,
    product_type: task.pack === "try-on" ? "try_on" : task.pack
  }
  return filters.every(({ key, values }: { readonly key: string; readonly values: ReadonlyArray<string> }) =>
    values.includes(fields[key] ?? "")
  )
}
