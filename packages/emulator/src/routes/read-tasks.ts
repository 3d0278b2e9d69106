import { Predicate } from "effect"
import { isRefusal, type Refusal, refusal } from "../answers/envelope.ts"
import { legacyTask } from "../answers/legacy.ts"
import { newTask } from "../answers/new.ts"
import { type EmulatedTask, statusAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import { asDeclared, type Input, readInput, readQuery } from "./read-input.ts"
import type { Route } from "./route-table.ts"

const isVisible = (task: EmulatedTask, now: number): boolean => task.visibleAt <= now
const dayMs = 86_400_000

/** `GET <create path>/{id}`: the id may be Kling's or the caller's own. */
export const readLegacyTask = (world: WorldState, { operation, id = "" }: Route, now: number): unknown | Refusal => {
  const known = [world.tasks.byId(id), ...world.tasks.byExternalId(id)]
  const task = known.find((one) => one !== undefined && one.operation === operation && isVisible(one, now))
  return task === undefined
    ? refusal(1201, `Task not found by id/external id: ${id}`)
    : legacyTask(task, now, world.baseUrl)
}

/** `GET <create path>?pageNum&pageSize`, newest first. */
export const listLegacyTasks = (world: WorldState, { operation }: Route, query: URLSearchParams, now: number): unknown | Refusal => {
  const page = pageNumber(query, "pageNum", 1, 1000)
  const size = pageNumber(query, "pageSize", 30, 500)
  if (isRefusal(page)) return page
  if (isRefusal(size)) return size
  return listed(world, now)
    .filter((task) => task.operation === operation)
    .slice((page - 1) * size, page * size)
    .map((task) => legacyTask(task, now, world.baseUrl))
}

const pageNumber = (query: URLSearchParams, name: string, usual: number, max: number): number | Refusal => {
  const text = query.get(name)
  if (text === null || text === "") return usual
  const value = Number(text)
  return Number.isInteger(value) && value >= 1 && value <= max
    ? value
    : refusal(1201, `${name} must be a whole number from 1 to ${max}`)
}

/** Newest first, without what lists do not show yet. */
const listed = (world: WorldState, now: number): ReadonlyArray<EmulatedTask> =>
  world.tasks.all
    .filter((task) => isVisible(task, now) && task.createdAt + world.switches.listDelaySeconds * 1000 <= now)
    .toReversed()

const belongsHere = (task: EmulatedTask, { operation }: Route): boolean =>
  task.operation.path.startsWith("/solutions/") === (operation.path === "/solutions")

/** `GET /tasks` and `GET /solutions`: unknown ids are simply missing from the array. */
export const readTasksByIds = (world: WorldState, route: Route, query: URLSearchParams, now: number): unknown | Refusal => {
  const ids = idsIn(query, "task_ids")
  const externalIds = idsIn(query, "external_task_ids")
  if (ids.length + externalIds.length > 20) {
    return refusal(1201, "task_ids and external_task_ids cannot exceed 20 in total")
  }
  const input = readInput(route.operation, readQuery(route.operation.params, query))
  if (isRefusal(input)) return input
  const found = [...ids.map((id) => world.tasks.byId(id)), ...externalIds.flatMap((id) => world.tasks.byExternalId(id))]
  return found
    .filter((task) => task !== undefined)
    .filter((task) => isVisible(task, now) && belongsHere(task, route))
    .map((task) => newTask(task, now, world.baseUrl))
}

const idsIn = (query: URLSearchParams, name: string): ReadonlyArray<string> =>
  (query.get(name) ?? "").split(",").map((id) => id.trim()).filter((id) => id !== "")

/** `POST /tasks` and `POST /solutions`: a cursor overrides every other parameter but the limit of one page. */
export const listTasks = (world: WorldState, route: Route, body: unknown, now: number): unknown | Refusal => {
  const { operation } = route
  const raw = Predicate.isObject(body)
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, asDeclared(operation.params, name, value)]))
    : {}
  const asked = readInput(operation, raw)
  if (isRefusal(asked)) return asked
  const cursor = asked["cursor"]
  const input = Predicate.isString(cursor) ? readCursor(cursor) : asked
  if (input === undefined) return refusal(1201, "cursor is not one that this list gave")
  const end = number(input["endTime"], now)
  const start = number(input["startTime"], end - 30 * dayMs)
  const limit = number(input["limit"], 100)
  const after = input["after"]
  const matching = listed(world, now)
    .filter((task) => belongsHere(task, route))
    .filter((task) => world.switches.legacyTasksInNewList || task.operation.generation === "new")
    .filter((task) => task.createdAt >= start && task.createdAt <= end && passes(task, input["filters"], now))
    // Ids rise with time and have one length, so their text sorts like their age.
    .filter((task) => !Predicate.isString(after) || task.id < after)
  const page = matching.slice(0, limit)
  const hasMore = page.length < matching.length
  return {
    result: page.map((task) => newTask(task, now, world.baseUrl)),
    count: page.length,
    next_cursor: hasMore ? btoa(JSON.stringify({ ...input, startTime: start, endTime: end, limit, after: page.at(-1)?.id })) : "",
    has_more: hasMore
  }
}

const number = (value: unknown, usual: number): number => (Predicate.isNumber(value) ? value : usual)

const readCursor = (cursor: string): Input | undefined => {
  try {
    const value: unknown = JSON.parse(atob(cursor))
    return Predicate.isObject(value) ? (value as Input) : undefined
  } catch {
    return undefined
  }
}

const passes = (task: EmulatedTask, filters: unknown, now: number): boolean => {
  if (!Array.isArray(filters)) return true
  const status = statusAt(task, now)
  const facts: Readonly<Record<string, string>> = {
    status: status === "succeed" ? "succeeded" : status,
    product_type: task.pack === "try-on" ? "try_on" : task.pack
  }
  return filters.every(({ key, values }: { readonly key: string; readonly values: ReadonlyArray<string> }) =>
    values.includes(facts[key] ?? "")
  )
}
