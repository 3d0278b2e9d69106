import { Predicate } from "effect"
import { isRefusal, refusal } from "../answers/envelope.ts"
import { legacyTask } from "../answers/legacy.ts"
import { newTask } from "../answers/new.ts"
import { type EmulatedTask, statusAt } from "../world/task.ts"
import type { WorldState } from "../world/world-state.ts"
import type { Answerer } from "./asked.ts"
import { page } from "./page.ts"
import { readListBody, readQuery } from "./read-input.ts"
import type { Route } from "./route-table.ts"

const dayMs = 86_400_000
const isVisible = (task: EmulatedTask, now: number): boolean => task.visibleAt <= now

/** `GET <create path>/{id}`: the id may be Kling's or the caller's own. */
export const readLegacyTask: Answerer = ({ world, route: { operation, id = "" }, now }) => {
  const known = [world.tasks.byId(id), ...world.tasks.byExternalId(id)]
  const task = known.find((one) => one !== undefined && one.operation === operation && isVisible(one, now))
  return task === undefined ? refusal(1201, `Task not found by id/external id: ${id}`) : legacyTask(world, task, now)
}

/** `GET <create path>?pageNum&pageSize`, newest first. */
export const listLegacyTasks: Answerer = ({ world, route: { operation }, query, now }) => {
  const asked = page(query, operation.family === "voice" ? 1000 : 500)
  if (isRefusal(asked)) return asked
  const found = take(listed(world, now), asked.from + asked.size, (task) => task.operation === operation)
  return found.slice(asked.from).map((task) => legacyTask(world, task, now))
}

/** `GET /tasks` and `GET /solutions`: unknown ids are simply missing from the array. */
export const readTasksByIds: Answerer = ({ world, route, query, now }) => {
  const ids = idsIn(query, "task_ids")
  const externalIds = idsIn(query, "external_task_ids")
  if (ids.length + externalIds.length > 20) {
    return refusal(1201, "task_ids and external_task_ids cannot exceed 20 in total")
  }
  const input = readQuery(world, route.operation, query)
  if (isRefusal(input)) return input
  const found = [...ids.map((id) => world.tasks.byId(id)), ...externalIds.flatMap((id) => world.tasks.byExternalId(id))]
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
export const listTasks: Answerer = ({ world, route, body, now }) => {
  const { params } = route.operation
  const asked = readListBody(world, route.operation, body)
  if (isRefusal(asked)) return asked
  const cursor = asked["cursor"]
  const input = Predicate.isString(cursor) ? readCursor(cursor) : asked
  if (input === undefined) return refusal(1201, "cursor is not one that this list gave")
  const end = numberOr(input["endTime"], now)
  const start = numberOr(input["startTime"], end - 30 * dayMs)
  const limit = numberOr(input["limit"], numberOr(params["limit"]?.default, 100))
  const after = input["after"]
  const matches = (task: EmulatedTask) =>
    // Ids rise with time and have one length, so their text sorts like their age.
    !(Predicate.isString(after) && task.id >= after) &&
    task.createdAt >= start &&
    task.createdAt <= end &&
    belongsHere(task, route) &&
    (world.switches.legacyTasksInNewList || task.operation.generation !== "legacy") &&
    passes(task, input["filters"], now)
  const found = take(listed(world, now), limit + 1, matches)
  const shown = found.slice(0, limit)
  const hasMore = found.length > limit
  const rest = { startTime: start, endTime: end, limit, filters: input["filters"], after: shown.at(-1)?.id }
  return {
    result: shown.map((task) => newTask(world, task, now)),
    count: shown.length,
    next_cursor: hasMore ? btoa(JSON.stringify(rest)) : "",
    has_more: hasMore
  }
}

type Json = Readonly<Record<string, unknown>>

const numberOr = (value: unknown, usual: number): number => (Predicate.isNumber(value) ? value : usual)

const readCursor = (cursor: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(atob(cursor))
    return Predicate.isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Solutions have a list and a read of their own. */
const belongsHere = (task: EmulatedTask, { operation }: Route): boolean =>
  task.operation.path.startsWith("/solutions/") === (operation.path === "/solutions")

/** Newest first, without what lists do not show yet. */
function* listed(world: WorldState, now: number): Generator<EmulatedTask> {
  const lag = world.switches.listDelaySeconds * 1000
  for (const task of world.tasks.newestFirst()) if (isVisible(task, now) && task.createdAt + lag <= now) yield task
}

const take = (
  tasks: Iterable<EmulatedTask>,
  count: number,
  matches: (task: EmulatedTask) => boolean
): ReadonlyArray<EmulatedTask> => {
  const taken: Array<EmulatedTask> = []
  for (const task of tasks) {
    if (taken.length >= count) break
    if (matches(task)) taken.push(task)
  }
  return taken
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
